/** The types of signals.cjs. */
export declare const CODES: { readonly SIGINT: 130; readonly SIGTERM: 143; readonly SIGHUP: 129 };
export type SignalName = keyof typeof CODES;
export declare function onSignal(called: (name: SignalName) => void): void;
