/** Preloaded into a measured process: prints its peak memory, in kilobytes, as the last line on standard error. */
process.on('exit', () => process.stderr.write(`${process.resourceUsage().maxRSS}\n`));
