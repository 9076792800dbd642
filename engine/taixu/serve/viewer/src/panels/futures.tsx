// Futures: branches of the world in which a plan or a scenario is tried, as ghosts over the present and side by side in figures.
import { effect, signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { t } from "../text";
import { numberText, spanText, unitText } from "../text/format";
import {
  adoptFuture, beginFuture, branchDifferences, discardFuture, futures, showFuture, type BranchDifference, type Futures, type FutureFacts, type Kpi, type Way,
} from "./api";
import { Empty, Section } from "./parts";
import { isConnected, isPast, mayOperate, tab } from "./state";

const ASK_MS = 700;
const SPANS_SECS = [60, 300, 600, 1800, 3600];
const NOTHING: Futures = { branches: [], kpis: [], scenarios: [], plans: [], simulators: 0 };

/** As the server tells them. */
export const known = signal<Futures>(NOTHING);

/** Whether there is anything that could become other than it is. */
export const hasFutures = () => known.value.simulators > 0 || known.value.scenarios.length > 0 || known.value.branches.length > 0;

export function FuturesPanel() {
  const { branches } = known.value;
  return (
    <div class="futures">
      {mayOperate.value && !isPast.value && <Beginning />}
      {branches.length ? <SideBySide of={known.value} /> : <Empty>{t("futures.none")}</Empty>}
      {branches.map((each) => <FutureView key={each.name} of={each} />)}
    </div>
  );
}

function Beginning() {
  const [what, setWhat] = useState("");
  const [secs, setSecs] = useState(SPANS_SECS[0]!);
  const [problem, setProblem] = useState("");
  const { scenarios, plans, branches } = known.value;
  const begin = () => {
    const [kind, name = ""] = [what.split(":", 1)[0]!, what.slice(what.indexOf(":") + 1)];
    const title = freeName(what ? name : t("futures.asItIs"), branches.map((each) => each.name));
    const tried = kind === "plan" ? { plan: name } : kind === "scenario" ? { scenario: name } : {};
    beginFuture({ name: title, seconds: secs, ...tried }).then(() => (setProblem(""), refresh()), (error: Error) => setProblem(error.message));
  };
  return (
    <form class="panel-tools future-begin" onSubmit={(event) => (event.preventDefault(), begin())}>
      <select class="input grow" aria-label={t("futures.what")} value={what} onChange={(event) => setWhat(event.currentTarget.value)}>
        <option value="">{t("futures.asItIs")}</option>
        {scenarios.map((each) => <option key={each} value={`scenario:${each}`}>{t("futures.scenario", { name: each })}</option>)}
        {plans.map((each) => <option key={each} value={`plan:${each}`}>{t("futures.plan", { name: each })}</option>)}
      </select>
      <select class="input" aria-label={t("futures.howFar")} value={secs} onChange={(event) => setSecs(Number(event.currentTarget.value))}>
        {SPANS_SECS.map((each) => <option key={each} value={each}>{spanText(each)}</option>)}
      </select>
      <button type="submit" class="button small primary" title={t("futures.beginHint")}>{t("futures.begin")}</button>
      {problem && <p class="problem" role="alert">{problem}</p>}
    </form>
  );
}

/** A name that nobody has yet. */
export function freeName(wanted: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted.slice(0, 50) : `${wanted.slice(0, 50)} ${number}`;
    if (!taken.includes(name)) return name;
  }
}

function SideBySide({ of }: { of: Futures }) {
  const names = [...new Set([of.kpis, ...of.branches.map((each) => each.kpis)].flat().map((each) => each.name))];
  const figure = (kpis: readonly Kpi[], name: string) => {
    const found = kpis.find((each) => each.name === name);
    return found?.value === null || found?.value === undefined ? "—" : `${numberText(found.value)} ${unitText(found.unit)}`.trim();
  };
  const best = Math.max(...of.branches.map((each) => each.score?.points ?? -1));
  return (
    <Section title={t("futures.compared")}>
      <div class="scroll-x">
        <table>
          <thead>
            <tr><th /><th>{t("futures.present")}</th>{of.branches.map((each) => <th key={each.name}><Swatch of={each} />{each.name}</th>)}</tr>
          </thead>
          <tbody>
            <tr><th scope="row">{t("futures.ahead")}</th><td>—</td>{of.branches.map((each) => <td key={each.name}>{spanText(each.ahead_secs)}</td>)}</tr>
            {names.map((name) => (
              <tr key={name} data-kpi={name}>
                <th scope="row">{name}</th><td>{figure(of.kpis, name)}</td>{of.branches.map((each) => <td key={each.name}>{figure(each.kpis, name)}</td>)}
              </tr>
            ))}
            <tr><th scope="row">{t("plans.broken")}</th><td>—</td>{of.branches.map((each) => <td key={each.name}>{each.alarms}</td>)}</tr>
            {best >= 0 && (
              <tr data-kpi="points">
                <th scope="row">{t("plans.points")}</th><td>—</td>
                {of.branches.map((each) => <td key={each.name} class={each.score?.points === best ? "future-best" : ""}>{each.score ? Math.round(each.score.points) : "—"}</td>)}
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Swatch({ of }: { of: FutureFacts }) {
  return of.color ? <i class="future-swatch" style={{ background: of.color }} /> : null;
}

function FutureView({ of }: { of: FutureFacts }) {
  const [problem, setProblem] = useState("");
  const [way, setWay] = useState<Way | "discard" | null>(null);
  const [found, setFound] = useState<BranchDifference[] | null>(null);
  const say = (asked: Promise<unknown>) => asked.then(() => (setProblem(""), refresh()), (error: Error) => setProblem(error.message));
  const compare = () => branchDifferences(of.name).then((told) => (setFound(told), setProblem("")), (error: Error) => setProblem(error.message));
  const act = (why: string) => {
    say(way === "discard" ? discardFuture(of.name) : adoptFuture(of.name, way!, why));
    setWay(null);
  };
  const state = of.reason ? "failed" : of.running ? "running" : "done";
  return (
    <section class="section future" aria-label={of.name} data-future={of.name} data-state={state}>
      <h3 class="section-title"><span><Swatch of={of} />{of.name}</span><span class="faint">{of.by}</span></h3>
      {of.running && <progress max={1} value={of.progress} aria-label={t("futures.progress")} />}
      <p class="hint">
        {t(`futures.${state}`, { span: spanText(of.ahead_secs), faster: numberText(of.faster) })}
        {of.chosen && <b> {t(`futures.chosen.${of.chosen as Way}`)}</b>}
      </p>
      {[of.reason, ...of.doubts].filter(Boolean).map((each) => <p key={each} class="problem">{each}</p>)}
      {problem && <p class="problem" role="alert">{problem}</p>}
      {way ? (
        <Confirming name={of.name} way={way} onDone={act} onCancel={() => setWay(null)} />
      ) : mayOperate.value && !isPast.value && (
        <div class="buttons">
          <button type="button" class="button small" aria-pressed={of.shown} onClick={() => say(showFuture(of.name, !of.shown))}>{t(of.shown ? "futures.hide" : "futures.show")}</button>
          <button type="button" class="button small" aria-expanded={found !== null} onClick={() => (found ? setFound(null) : compare())}>{t("futures.differences")}</button>
          {!of.reason && <button type="button" class="button small" onClick={() => setWay("world")}>{t("futures.adopt")}</button>}
          {!of.reason && of.plan && <button type="button" class="button small" onClick={() => setWay("plan")}>{t("futures.follow")}</button>}
          {!of.reason && of.do.length > 0 && <button type="button" class="button small" onClick={() => setWay("do")}>{t("futures.accept")}</button>}
          <button type="button" class="button small" onClick={() => setWay("discard")}>{t("futures.discard")}</button>
        </div>
      )}
      {found && <Differing found={found} />}
    </section>
  );
}

function Confirming({ name, way, onDone, onCancel }: { name: string; way: Way | "discard"; onDone: (why: string) => void; onCancel: () => void }) {
  const [why, setWhy] = useState("");
  return (
    <div class="confirm" role="alertdialog" aria-label={t("futures.confirm")}>
      <p>{t(`futures.confirm.${way}`, { name })}</p>
      {way !== "discard" && <input class="input" maxLength={500} aria-label={t("futures.why")} placeholder={t("futures.why")} value={why} onInput={(event) => setWhy(event.currentTarget.value)} />}
      <div class="buttons">
        <button type="button" class="button primary" onClick={() => onDone(why)}>{t(`futures.sure.${way}`)}</button>
        <button type="button" class="button" onClick={onCancel}>{t("controls.cancel")}</button>
      </div>
    </div>
  );
}

function Differing({ found }: { found: BranchDifference[] }) {
  if (!found.length) return <Empty>{t("futures.same")}</Empty>;
  return (
    <ul class="rows future-differences">
      {found.map((each) => (
        <li key={`${each.component}.${each.field}`}>
          <span class="grow">{each.field ? `${each.component}.${each.field}` : each.component}</span>
          <span class="faint" title={each.text}>{each.count}</span>
        </li>
      ))}
    </ul>
  );
}

let hasHeard = false;

function refresh(): void {
  futures().then((told) => ((known.value = told), (hasHeard = true)), () => undefined);
}

/** Learn what there is, and how far it is while somebody looks. */
export function watchFutures(): void {
  effect(() => {
    if (isConnected.value) refresh();
  });
  setInterval(() => {
    if (isConnected.peek() && (tab.peek() === "futures" || !hasHeard)) refresh();
  }, ASK_MS);
}
