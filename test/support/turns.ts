/** Lets the event loop turn so many times, and so lets work go on that needs no more. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
