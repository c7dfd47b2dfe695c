import { DuckDBInstance } from '@duckdb/node-api';

/**
 * DuckDB with one thread writes the users of a local file as JSON Lines and CSV: `node duckdb.ts RESPONSE JSON CSV`. It checks nothing:
 * no duplicates, no counts, no hashes.
 */
const [response = '', json = '', csv = ''] = process.argv.slice(2);
const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;

const users = `SELECT
    _id AS id, createdAt AS created_at, firstName AS first_name, lastName AS last_name, email, list_sort(roles) AS roles, disabled,
    ownerOrganization AS owner_organization, list_sort(groups) AS groups, nullif(defaultGroup, '') AS default_group,
    lastActive AS last_active, NULL::VARCHAR AS extra_json
  FROM read_json(${quoted(response)}, format = 'array', columns = {
    _id: 'VARCHAR', createdAt: 'VARCHAR', firstName: 'VARCHAR', lastName: 'VARCHAR', email: 'VARCHAR', roles: 'VARCHAR[]',
    disabled: 'BOOLEAN', ownerOrganization: 'VARCHAR', groups: 'VARCHAR[]', defaultGroup: 'VARCHAR', lastActive: 'VARCHAR'})`;
// Like the product, it writes no quotes for an empty list.
const joined = (list: string): string => `nullif(array_to_string(${list}, ';'), '') AS ${list}`;
const cells = `SELECT * REPLACE (${joined('roles')}, ${joined('groups')}) FROM (${users})`;

const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();
await connection.run(`COPY (${users}) TO ${quoted(json)} (FORMAT json)`);
await connection.run(`COPY (${cells}) TO ${quoted(csv)} (FORMAT csv, HEADER)`);
