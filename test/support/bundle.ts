/** Bundles the functions before any test: a deployment takes them from `dist/handlers`. */
export default async function setup(): Promise<void> {
  await import('../../lib/packaging/bundle.ts');
}
