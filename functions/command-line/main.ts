/** The command line's entry: signals are caught from the first line on, and everything that takes time to load is loaded after that. */
import './signals.cjs';

await import('./process.ts');
