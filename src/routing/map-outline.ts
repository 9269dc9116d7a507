/**
 * What can be made out of a map, right or wrong: enough to find ids that occur
 * twice and kinds that name unknown routes even while other fields are wrong,
 * so that everything can be said at once.
 */
import * as z from "zod/mini";
import { forgiving } from "../lib/forgiving.ts";

const text = forgiving(z.string(), "");

const OutlineRoute = forgiving(
  z.looseObject({
    id: forgiving(z.optional(z.string()), undefined),
    provider: text,
    model: text,
    baseUrl: z.optional(z.unknown()),
  }),
  { provider: "", model: "", baseUrl: undefined },
);

const OutlineList = forgiving(z.optional(z.array(OutlineRoute)), []);

const OutlineTenant = forgiving(z.looseObject({ kinds: forgiving(z.optional(z.array(text)), []) }), {});

const OutlineIdentity = forgiving(
  z.looseObject({
    audience: z.optional(z.unknown()),
    authorizedParties: z.optional(z.unknown()),
    tenant: z.optional(z.unknown()),
    tenantClaim: z.optional(z.unknown()),
    kinds: forgiving(z.optional(z.array(text)), []),
  }),
  { audience: "", authorizedParties: undefined, tenant: undefined, tenantClaim: undefined, kinds: [] },
);

const OutlineKind = forgiving(z.looseObject({ routes: forgiving(z.optional(z.array(text)), []) }), {});

export const MapOutline = forgiving(
  z.looseObject({
    hot: OutlineList,
    warm: OutlineList,
    smaller: OutlineList,
    kinds: forgiving(z.optional(z.record(z.string(), OutlineKind)), {}),
    tenants: forgiving(z.optional(z.record(z.string(), OutlineTenant)), {}),
    identity: forgiving(z.optional(z.array(OutlineIdentity)), []),
  }),
  {},
);
export type MapOutline = z.infer<typeof MapOutline>;
