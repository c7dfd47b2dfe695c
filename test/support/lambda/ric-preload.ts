import { registerHooks } from 'node:module';

/** Preloaded into AWS's runtime client if its native part isn't built: loads its replacement. */
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === './rapid-client.node'
      ? { url: new URL('./ric-native.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
