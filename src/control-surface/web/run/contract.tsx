import type { ComponentChildren, JSX } from "preact";

import type { Contract } from "../../../workflow/contract/contract-form.ts";
import type { Api } from "../../api.ts";
import { NEVER } from "../follow.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";
import { contractOf } from "../run-addresses.ts";

/** The contract that this run was given, from its own evidence: verbatim, nothing cut. */
export const SealedContract = ({ run }: { readonly run: string }): JSX.Element => {
  const contract = useResource<Contract>(contractOf(run), NEVER);
  return (
    <Panel title="Contract" id="contract" aside="as it was sealed">
      <Shown of={contract} what="the contract">
        {(value) => <Terms contract={value} />}
      </Shown>
    </Panel>
  );
};

/** The contract that the packet says now: what a run is held to before its evidence is sealed. */
export const PresentContract = ({ work }: { readonly work: string }): JSX.Element => {
  const page = useResource<Api["/api/w/:name"]>(`/api/w/${encodeURIComponent(work)}`);
  return (
    <Panel title="Contract" id="contract" aside="as the packet says it now">
      <Shown of={page} what="the contract" rows={12}>
        {({ packet }) =>
          packet !== null && "contract" in packet ? (
            <Terms contract={packet.contract} />
          ) : (
            <Empty>No contract is known.</Empty>
          )
        }
      </Shown>
    </Panel>
  );
};

const Terms = ({ contract }: { readonly contract: Contract }): JSX.Element => (
  <dl class="pairs narrow">
    <Term name="Task">
      <Told text={contract.task.statement} />
    </Term>
    <Term name="Target">
      <Code text={contract.targetRepository.path} />
    </Term>
    <Term name="May write">
      <Each values={contract.allowedPaths} />
    </Term>
    <Term name="Must not touch">
      <Each values={contract.forbiddenPaths} />
    </Term>
    <Term name="Must not do">
      <Each values={contract.forbiddenActions} />
    </Term>
    {contract.allowedHosts === undefined ? null : (
      <Term name="May reach">
        <Each values={contract.allowedHosts} />
      </Term>
    )}
    <Term name="Validation">
      <Code text={contract.validation.argv.join(" ")} />
    </Term>
    <Term name="Rollback">
      {contract.rollback.text.map((line) => (
        <p key={line}>
          <Told text={line} />
        </p>
      ))}
    </Term>
    <Term name="Gate">
      <p>
        <Told text={`${contract.executionGate.backend}, stage ${contract.executionGate.stage}`} />
      </p>
      <Each values={Object.keys(contract.executionGate.env)} />
    </Term>
    <Term name="Evidence">
      <Each values={contract.evidenceRequired} />
    </Term>
  </dl>
);

const Term = ({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);

const Each = ({ values }: { readonly values: readonly string[] }): JSX.Element => (
  <ul class="words">
    {values.map((value) => (
      <li key={value}>
        <Code text={value} />
      </li>
    ))}
  </ul>
);
