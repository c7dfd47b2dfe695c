import * as z from 'zod';

const text = z.string().nullable();

/**
 * The row of one user, which everything else follows from: the type, the columns of both formats, the reader of rows and the tables.
 * Times are ISO 8601 UTC with milliseconds. Null means that the account doesn't say: `roles` null isn't "no roles", `disabled` null
 * isn't "no".
 */
export const USER_ROW = z.object({
  /** Anodot's `_id`. */
  id: z.string(),
  created_at: text,
  first_name: text,
  last_name: text,
  email: text,
  /** Sorted. */
  roles: z.array(z.string()).readonly().nullable(),
  disabled: z.boolean().nullable(),
  owner_organization: text,
  /** Ids, sorted. */
  groups: z.array(z.string()).readonly(),
  /** The id of a group. */
  default_group: text,
  /** Null if the user was never active. */
  last_active: text,
  /** Every field that Anodot doesn't document, as one JSON text with numbers digit by digit. */
  extra_json: text,
});
export type User = Readonly<z.infer<typeof USER_ROW>>;

/** The columns of a row, in the order in which both formats write them. */
export const USER_COLUMNS: readonly (keyof User)[] = USER_ROW.keyof().options;

/** A user, and where the record differs from the documentation: names of fields, never a value. */
export interface ReadUser {
  readonly user: User;
  readonly unknownFields: readonly string[];
  readonly aliases: readonly string[];
  readonly missingFields: readonly string[];
  /** Lone surrogates that became U+FFFD. */
  readonly loneSurrogates: number;
}
