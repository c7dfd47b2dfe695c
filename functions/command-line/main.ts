/** The command line's entry. It catches signals from the first line on, then loads everything else. */
import './signals.cjs';
import './compile-cache.ts';

await import('./process.ts');
