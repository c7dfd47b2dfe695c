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
  /** Ids, sorted. Empty if the account doesn't say; null if it says something that isn't a list of ids. */
  groups: z.array(z.string()).readonly().nullable(),
  /** The id of a group. */
  default_group: text,
  /** Null if the user was never active. */
  last_active: text,
  /** Every value that has no column of its own, under its name in the response: one JSON text with numbers digit by digit. */
  extra_json: text,
});
export type User = Readonly<z.infer<typeof USER_ROW>>;

/** The columns of a row, in the order in which both formats write them. */
export const USER_COLUMNS: readonly (keyof User)[] = USER_ROW.keyof().options;

/** Anodot's names of the fields that it documents, in the order of the columns that they fill; `_id` aside, which every user has. */
export const DOCUMENTED_FIELDS = [
  'createdAt',
  'firstName',
  'lastName',
  'email',
  'roles',
  'disabled',
  'ownerOrganization',
  'groups',
  'defaultGroup',
  'lastActive',
] as const;
export type DocumentedField = (typeof DOCUMENTED_FIELDS)[number];

/** A user, and where the record differs from the documentation: names of fields, never a value. */
export interface ReadUser {
  readonly user: User;
  /** Fields with a valid value: an empty list is one, an empty text isn't. */
  readonly presentFields: readonly DocumentedField[];
  readonly unknownFields: readonly string[];
  readonly aliases: readonly string[];
  readonly missingFields: readonly DocumentedField[];
  /** Fields whose value has another type than documented, or is no time, or one that can't be right. */
  readonly invalidFields: readonly DocumentedField[];
  /** Lone surrogates that became U+FFFD. */
  readonly loneSurrogates: number;
}
