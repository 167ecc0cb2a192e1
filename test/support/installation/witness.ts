import type { PostgresPlace } from './store-place.ts';

/** The most that was ever committed at one moment. */
export interface Most {
  /** Remediations with a slot, on offer or taken. */
  readonly slots: number;
  /** Money a day that is reserved, in all ledgers together. */
  readonly reserved: number;
  /** Slots that were taken during a pause. */
  readonly takenWhilePaused: number;
}

export interface Witness {
  most(): Promise<Most>;
}

/**
 * Has PostgreSQL itself look at the end of each transaction, so that no moment is missed in which a limit might be passed.
 * Call it before Mendloop starts.
 */
export async function callWitness(store: Pick<PostgresPlace, 'sql'>): Promise<Witness> {
  await store.sql(WITNESS);
  return {
    most: async () => {
      const rows = await store.sql('SELECT what, n FROM witness.most');
      const of = (what: string) => Number(rows.find((row) => row['what'] === what)?.['n'] ?? 0);
      return { slots: of('slots'), reserved: of('reserved'), takenWhilePaused: of('takenWhilePaused') };
    },
  };
}

const WITNESS = `
CREATE SCHEMA witness;
CREATE TABLE witness.most (what text PRIMARY KEY, n numeric NOT NULL);

CREATE FUNCTION witness.note(p_what text, p_n numeric) RETURNS void LANGUAGE sql AS $$
  INSERT INTO witness.most VALUES (p_what, p_n)
  ON CONFLICT (what) DO UPDATE SET n = excluded.n WHERE most.n < excluded.n
$$;

CREATE FUNCTION witness.see_slots() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM witness.note('slots', count(*)) FROM mendloop.claim WHERE slot IN ('offered', 'taken');
  IF NEW.slot = 'taken' AND (TG_OP = 'INSERT' OR OLD.slot IS DISTINCT FROM 'taken')
    AND EXISTS (SELECT FROM mendloop.cluster WHERE pause IS NOT NULL) THEN
    PERFORM witness.note('takenWhilePaused', 1);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER see_slots AFTER INSERT OR UPDATE ON mendloop.claim DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION witness.see_slots();

CREATE FUNCTION witness.see_money() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM witness.note('reserved', sum(amount)) FROM mendloop.reservation;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER see_money AFTER INSERT OR UPDATE ON mendloop.reservation DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION witness.see_money();
`;
