// Alarms: the worst first; a colour, a shape and a word each.
import { effect, signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { alarms, clockOffset, type Alarm, type Severity } from "../live";
import { view } from "../store";
import { t } from "../text";
import { clockText, momentText, spanText } from "../text/format";
import { acknowledge } from "./api";
import { Icon, SeverityMark } from "./icons";
import { Choices, Empty, IconButton, beat } from "./parts";
import { alarmsShown, playhead } from "./playback";
import { sound } from "./sound";
import { chooseSound, isPast, mayOperate, showDetails, soundOn } from "./state";

export const SEVERITIES: readonly Severity[] = ["critical", "high", "low", "info"];
const NOBODY = "0000000000000000";

/** Alarms as an operator works through them: unseen before seen, then the worst, then the newest. */
export function sorted(all: readonly Alarm[]): Alarm[] {
  const rank = (each: Alarm) => (each.acknowledged_by ? 10 : 0) + SEVERITIES.indexOf(each.severity);
  return [...all].sort((a, b) => rank(a) - rank(b) || b.raised_ns - a.raised_ns);
}

/** The worst that nobody has acknowledged. */
export function worstUnseen(): Alarm | null {
  return sorted(alarms.value).find((each) => !each.acknowledged_by) ?? null;
}

/** What a screen reader says when something new comes. */
const said = signal("");

export function AlarmsPanel() {
  const [wanted, setWanted] = useState<"all" | "unseen">("all");
  const all = sorted(alarmsShown.value);
  const unseen = all.filter((each) => !each.acknowledged_by);
  const shown = wanted === "unseen" ? unseen : all;
  return (
    <div class="alarms">
      <div class="panel-tools">
        <Choices
          label={t("alarms.which")} chosen={wanted} onChoose={setWanted}
          options={[{ value: "all", text: t("alarms.all", { n: all.length }) }, { value: "unseen", text: t("alarms.unseen", { n: unseen.length }) }]}
        />
        <span class="grow" />
        <IconButton
          icon={soundOn.value ? "sound" : "soundOff"} label={soundOn.value ? t("alarms.soundOff") : t("alarms.soundOn")} pressed={soundOn.value}
          onClick={() => chooseSound(!soundOn.value)}
        />
      </div>
      {!mayOperate.value && all.length > 0 && <p class="hint panel-hint"><Icon name="lock" size={12} />{t("role.operateNeeded")}</p>}
      {isPast.value && <p class="notice">{t("alarms.then")}</p>}
      {shown.length ? <ul class="rows" role="list" aria-label={t("alarms.title")}>{shown.slice(0, 200).map((each) => <AlarmRow key={each.number} alarm={each} />)}</ul> : <Empty>{t("alarms.nothing")}</Empty>}
    </div>
  );
}

/** Says new alarms aloud to who cannot see them, and with a tone where that is wanted. */
export function AlarmVoice() {
  return <div class="sr-only" role="status" aria-live="assertive">{said.value}</div>;
}

export function AlarmRow({ alarm }: { alarm: Alarm }) {
  const [problem, setProblem] = useState("");
  const [asking, setAsking] = useState(false);
  const active = !alarm.cleared_ns;
  void beat.value; // how long it has been goes on
  const now = isPast.value ? playhead.value : (Date.now() + clockOffset.value) * 1e6;
  const see = () => {
    setAsking(true);
    acknowledge(alarm.number).then(() => setProblem(""), (error: Error) => setProblem(error.message)).finally(() => setAsking(false));
  };
  return (
    <li class={`alarm alarm-${alarm.severity} ${active ? "" : "alarm-over"} ${alarm.acknowledged_by ? "alarm-seen" : ""}`} data-alarm={alarm.number}>
      <SeverityMark severity={alarm.severity} active={active} />
      <div class="grow">
        <div class="alarm-text">{alarm.text}</div>
        <div class="alarm-facts">
          <b>{t(`severity.${alarm.severity}`)}</b>
          <time title={momentText(alarm.raised_ns)}>{clockText(alarm.raised_ns)}</time>
          <span>{active ? t("alarms.for", { span: spanText(Math.max(1, Math.round((now - alarm.raised_ns) / 1e9))) }) : t("alarms.over", { time: clockText(alarm.cleared_ns) })}</span>
          {alarm.acknowledged_by && <span class="seen"><Icon name="check" size={12} />{alarm.acknowledged_by}</span>}
        </div>
        {problem && <div class="problem" role="alert">{problem}</div>}
      </div>
      {alarm.entity !== NOBODY && <IconButton icon="goto" label={t("alarms.goTo")} onClick={() => (showDetails(alarm.entity), view.value?.goTo(alarm.entity))} />}
      {!alarm.acknowledged_by && !isPast.value && (
        <button type="button" class="button small" disabled={!mayOperate.value || asking} title={mayOperate.value ? "" : t("role.operateNeeded")} onClick={see}>
          {t("alarms.acknowledge")}
        </button>
      )}
    </li>
  );
}

/** Notice new alarms from now on. */
export function watchAlarms(): void {
  let known: Set<number> | null = null;
  effect(() => {
    const now = alarms.value;
    const fresh = known ? now.filter((each) => !known!.has(each.number) && !each.acknowledged_by) : [];
    if (known || now.length) known = new Set(now.map((each) => each.number));
    const [worst] = sorted(fresh);
    if (!worst) return;
    said.value = `${t(`severity.${worst.severity}`)}: ${worst.text}`;
    if (soundOn.peek() && (worst.severity === "critical" || worst.severity === "high")) sound(worst.severity);
  });
}
