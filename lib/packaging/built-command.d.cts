/** The types of built-command.cjs. */
export declare const FILE: string;
export declare const RECORD: string;
export declare function stateOf(path: string): string;
export declare function identityOf(path: string): string;
export declare function isFresh(): boolean;
