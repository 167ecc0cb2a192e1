/**
 * `fence(asks)`: for each `{"remediationId", "target"}` of a list, in its order, what its fence is judged by:
 * `{"epoch", "paused", "resolved"}`; the epoch is null where the remediation does not hold the target. Gives null where
 * the store has to be reconciled first; the first call of a session looks whether that is so.
 */
export const FENCE = `
CREATE FUNCTION mendloop.fence(p_asks jsonb) RETURNS jsonb LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
IF mendloop.restored_because(NULL) IS NOT NULL THEN
  RETURN NULL;
END IF;
RETURN (
SELECT jsonb_agg(jsonb_build_object(
  'epoch', c.body -> 'epoch',
  'paused', cl.pause,
  'resolved', coalesce(i.end_heard_at IS NOT NULL, false)
) ORDER BY asked.place)
FROM jsonb_array_elements(p_asks) WITH ORDINALITY asked (ask, place)
LEFT JOIN mendloop.claim c ON c.remediation_id = asked.ask ->> 'remediationId' AND c.status = 'held'
  AND EXISTS (
    SELECT FROM mendloop.claim_object o
    WHERE o.object = asked.ask ->> 'target' AND o.remediation_id = c.remediation_id AND o.taken
  )
LEFT JOIN mendloop.cluster cl ON cl.name = c.cluster
LEFT JOIN mendloop.incident i ON i.remediation_id = asked.ask ->> 'remediationId'
); END $$;
`;
