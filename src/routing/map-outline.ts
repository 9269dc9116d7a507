/**
 * What can be made out of a map, right or wrong: enough to find ids that occur
 * twice and kinds that name unknown routes even while other fields are wrong,
 * so that everything can be said at once.
 */
import * as z from "zod";

const OutlineRoute = z
  .looseObject({
    id: z.string().optional().catch(undefined),
    provider: z.string().catch(""),
    model: z.string().catch(""),
    baseUrl: z.unknown().optional(),
  })
  .catch({ provider: "", model: "", baseUrl: undefined });

const OutlineList = z.array(OutlineRoute).optional().catch([]);

const OutlineKind = z.looseObject({ routes: z.array(z.string().catch("")).optional().catch([]) }).catch({});

export const MapOutline = z
  .looseObject({
    hot: OutlineList,
    warm: OutlineList,
    smaller: OutlineList,
    kinds: z.record(z.string(), OutlineKind).optional().catch({}),
  })
  .catch({});
export type MapOutline = z.infer<typeof MapOutline>;
