/** The least that any program does with an account. Each is the code of an otherwise empty process. */

const responseOf = (url: string): string => `await fetch(${JSON.stringify(`${url}/api/v2/users`)})`;

/** Receives the users, and does nothing with them. */
export const receiving = (url: string): string => `await (${responseOf(url)}).arrayBuffer();`;

/** Receives the users and parses them. */
export const receivingAndParsing = (url: string): string =>
  `const users = JSON.parse(await (${responseOf(url)}).text()); console.log(users.length);`;
