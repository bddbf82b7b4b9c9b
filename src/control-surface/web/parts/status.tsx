import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext } from "preact/hooks";

import type { Api } from "../../api.ts";
import { useResource, type Resource } from "../resource.ts";

type Status = Resource<Api["/api/status"]>;

const Held = createContext<Status | undefined>(undefined);

/** Reads the home's status once, for the rail and for whatever page shows more of it. */
export const StatusOfHome = ({ children }: { readonly children: ComponentChildren }): JSX.Element => {
  const status: Status = useResource<Api["/api/status"]>("/api/status");
  return <Held.Provider value={status}>{children}</Held.Provider>;
};

export const useStatus = (): Status => {
  const status = useContext(Held);
  if (status === undefined) throw new TypeError("only what stands in the frame is told the status");
  return status;
};
