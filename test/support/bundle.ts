/** Bundles the functions before any test. A stack takes its assets from `dist/handlers`, and tests start them from there. */
export default async function setup(): Promise<void> {
  await import('../../lib/packaging/bundle.ts');
}
