// Plans: which are called for, how far one that goes on has come, and what drills say of all of them.
import { effect, signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { clockOffset } from "../live";
import { t } from "../text";
import { spanText } from "../text/format";
import { beginPlan, drillPlans, planStepDone, plans, stopPlan, type PlanFacts, type PlanRun, type PlanScore } from "./api";
import { Icon } from "./icons";
import { Empty, Section, beat } from "./parts";
import { isConnected, isPast, mayOperate, tab } from "./state";

const ASK_MS = 1000;

/** As the server tells them; empty where the world has none. */
export const known = signal<PlanFacts[]>([]);

export function PlansPanel() {
  const [scores, setScores] = useState<PlanScore[] | null>(null);
  const [drilling, setDrilling] = useState(false);
  const [problem, setProblem] = useState("");
  if (!known.value.length) return <Empty>{t("plans.none")}</Empty>;
  const drill = () => {
    setDrilling(true);
    drillPlans().then((told) => (setScores(told), setProblem("")), (error: Error) => setProblem(error.message)).finally(() => setDrilling(false));
  };
  return (
    <div class="plans">
      <div class="panel-tools">
        <button type="button" class="button small" disabled={!mayOperate.value || drilling} title={mayOperate.value ? t("plans.drillHint") : t("role.operateNeeded")} onClick={drill}>
          {drilling ? t("plans.drilling") : t("plans.drill")}
        </button>
      </div>
      {problem && <p class="problem" role="alert">{problem}</p>}
      {scores && <Scores of={scores} />}
      {known.value.map((each) => <PlanView key={each.name} of={each} />)}
    </div>
  );
}

function Scores({ of }: { of: PlanScore[] }) {
  const secs = (value: number | null) => (value === null ? t("plans.never") : spanText(value));
  return (
    <Section title={t("plans.compared")}>
      <div class="scroll-x">
        <table>
          <thead><tr><th>{t("tab.plans")}</th><th>{t("plans.points")}</th><th>{t("plans.goals")}</th><th>{t("plans.done")}</th><th>{t("plans.broken")}</th></tr></thead>
          <tbody>
            {of.map((each, i) => (
              <tr key={each.plan} class={i === 0 ? "best" : ""} data-score={each.plan}>
                <th scope="row">{each.plan}</th><td>{Math.round(each.points)}</td>
                <td>{each.goals.map((goal) => <div key={goal.name}>{goal.name}: {secs(goal.secs)}</div>)}</td>
                <td>{secs(each.done_secs)}</td><td>{each.alarms}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function PlanView({ of }: { of: PlanFacts }) {
  const [problem, setProblem] = useState("");
  const goesOn = of.run !== null && !of.run.ended_ns;
  const say = (asked: Promise<unknown>) => asked.then(() => (setProblem(""), refresh()), (error: Error) => setProblem(error.message));
  return (
    <section class="section plan" aria-label={of.name} data-plan={of.name}>
      <h3 class="section-title">
        <span>{of.name}</span>
        {of.called_ns > 0 && <span class="case-mark"><Icon name="bell" size={12} />{t("plans.called")}</span>}
      </h3>
      {of.run && <Steps of={of.run} onDone={(step) => say(planStepDone(of.name, step))} />}
      {problem && <p class="problem" role="alert">{problem}</p>}
      {mayOperate.value && !isPast.value && (
        <div class="buttons">
          {goesOn
            ? <button type="button" class="button small" onClick={() => say(stopPlan(of.name))}>{t("plans.stop")}</button>
            : <button type="button" class="button small primary" onClick={() => say(beginPlan(of.name))}>{t("plans.begin")}</button>}
        </div>
      )}
    </section>
  );
}

function Steps({ of, onDone }: { of: PlanRun; onDone: (step: string) => void }) {
  void beat.value;
  const now = (Date.now() + clockOffset.value) * 1e6;
  const took = (from: number, to: number) => spanText(Math.max(0, (to - from) / 1e9));
  return (
    <>
      <ol class="rows plan-steps">
        {of.steps.map((each) => (
          <li key={each.name} class={each.late_ns && each.state === "going on" ? "case-late" : ""} data-step={each.name} data-state={each.state}>
            {each.state === "done" ? <Icon name="check" size={12} /> : <span class="plan-dot" />}
            <span class="grow">{each.name}{each.role && <span class="faint"> {each.role}</span>}{each.doubt && <div class="problem">{each.doubt}</div>}</span>
            {each.begun_ns > 0 && <span class="faint">{took(each.begun_ns, each.done_ns || of.ended_ns || now)}</span>}
            {each.waits_for_people && !of.ended_ns && mayOperate.value && <button type="button" class="button small" onClick={() => onDone(each.name)}>{t("plans.isDone")}</button>}
          </li>
        ))}
      </ol>
      {of.goals.map((each) => (
        <p key={each.name} class="hint panel-hint">
          {each.name}: {each.reached_ns ? t("plans.reached", { span: took(of.started_ns, each.reached_ns) }) : t("plans.within", { span: spanText(each.within_secs) })}
        </p>
      ))}
    </>
  );
}

function refresh(): void {
  plans().then((told) => (known.value = told), () => undefined);
}

/** Learn what there is, and how far it is while somebody looks. */
export function watchPlans(): void {
  effect(() => {
    if (isConnected.value) refresh();
  });
  setInterval(() => {
    if (isConnected.peek() && tab.peek() === "plans") refresh();
  }, ASK_MS);
}
