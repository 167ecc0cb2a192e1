/**
 * Who may do what. The operator of the database makes logins members of these:
 *
 * - `mendloop_writer`: the service. It judges, admits and records; of the audit log it can neither update nor delete a row.
 * - `mendloop_retention`: removes what is older than it has to be kept.
 */
export const ROLES = `
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'mendloop_writer') THEN
    CREATE ROLE mendloop_writer NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'mendloop_retention') THEN
    CREATE ROLE mendloop_retention NOLOGIN;
  END IF;
END $$;
`;
