// What is known of the thing that is selected.
import { effect, signal } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { ageOf, values, type FieldValue, type Plain, type Values } from "../live";
import { moment, selected, view, type Id } from "../store";
import { t } from "../text";
import { clockText, unitText } from "../text/format";
import { AlarmRow, sorted } from "./alarms";
import { entityFacts, entityThen, type EntityFacts, type Lineage } from "./api";
import { Chart } from "./chart";
import { ControlForm } from "./control_form";
import { fieldTitle, humanized, plainText, titled } from "./details_text";
import { Icon } from "./icons";
import { AgeText, Empty, IconButton, Section, beat, staleness } from "./parts";
import { alarmsShown, measuresShown } from "./playback";
import { isConnected, isPast } from "./state";
import { kindText } from "./things";

const AGAIN_MS = 5000;
const THEN_MS = 200;
const MOST_PASSAGES = 30;
const SAME_AGE_SECS = 5;

type Known = { id: Id; facts: EntityFacts | null; problem: string };
const known = signal<Known | null>(null);
/** What it said at the moment that is shown, where that is past. */
const then = signal<Values | null>(null);

export function DetailsPanel() {
  const id = selected.value;
  if (!id) return <Empty>{t("details.nothing")}</Empty>;
  return <Details key={id} id={id} />;
}

function Details({ id }: { id: Id }) {
  const found = known.value?.id === id ? known.value : null;
  const facts = found?.facts ?? null;
  const told = isPast.value ? then.value : values.value.get(id);
  const fields = told?.id === id && !told.gone ? told : null;
  const open = alarmsShown.value.filter((each) => each.entity === id);
  const own = ownMeasures(id, facts);
  return (
    <article class="details" aria-label={facts?.name || id}>
      <header class="details-head">
        <div class="grow">
          <h2 title={id}>{facts?.name || (found?.problem ? id : "…")}</h2>
          <p class="faint">{facts?.device ? [kindText(facts.device.kind), facts.device.key].filter(Boolean).join(" · ") : facts ? t("details.noDevice") : ""}</p>
        </div>
        <IconButton icon="goto" label={t("details.goTo")} onClick={() => view.value?.goTo(id)} />
        <IconButton icon="close" label={t("details.close")} onClick={() => (selected.value = null)} />
      </header>
      {told?.gone && <p class="notice">{t("details.gone")}</p>}
      {found?.problem && <p class="notice">{found.problem}</p>}
      {open.length > 0 && <ul class="rows" role="list">{sorted(open).map((each) => <AlarmRow key={each.number} alarm={each} />)}</ul>}
      {fields && <ValuesList values={fields} />}
      {facts && facts.controls.length > 0 && (
        <Section title={t("controls.title")}>
          {facts.controls.map((each) => <ControlForm key={each.name} control={each} entity={id} device={facts.device?.key ?? ""} present={fields?.fields[each.field]?.value ?? null} />)}
        </Section>
      )}
      {own.length > 0 && (
        <Section title={t("measures.title")}>
          <dl class="pairs">{own.map((each) => <Pair key={each.name} name={each.name} value={each.value} unit={each.unit} text={each.text ?? ""} />)}</dl>
        </Section>
      )}
      {facts && facts.zones.length > 0 && (
        <Section title={t("details.zones")}>
          <p class="tags">{facts.zones.map((each) => <span class="tag" key={each}>{each}</span>)}</p>
        </Section>
      )}
      {facts?.lineage.map((each) => <LineageView key={each.measure} lineage={each} />)}
    </article>
  );
}

function Pair({ name, value, unit, text }: { name: string; value: Plain; unit: string; text: string }) {
  return (
    <>
      <dt>{titled(name)}</dt>
      <dd><b>{plainText(value)}</b> {unitText(unit)} {text && <span class="faint">{text}</span>}</dd>
    </>
  );
}

/** Figures of a thing at the moment that is shown; until there are any news, those that came with what is known of it. */
function ownMeasures(id: Id, facts: EntityFacts | null): EntityFacts["measures"] {
  const told = measuresShown.value.filter((each) => each.by === "entity");
  const found = told.flatMap(({ name, unit, values: listed }) => listed.filter((each) => each.of === id).map(({ value, text }) => ({ name, unit, value, ...(text ? { text } : {}) })));
  return found.length || isPast.value ? found : (facts?.measures ?? []);
}

function LineageView({ lineage }: { lineage: Lineage }) {
  const passages = lineage.passages.slice(-MOST_PASSAGES).reverse();
  return (
    <Section title={t("details.lineage")}>
      <ol class="lineage">
        {passages.map((each) => (
          <li key={each.entered_ns}>
            <span class="ellipsis">{each.zone}</span>
            <time class="faint">{clockText(each.entered_ns)} – {each.left_ns ? clockText(each.left_ns) : t("age.now")}</time>
          </li>
        ))}
        {lineage.joined.map((each) => (
          <li key={each.time_ns}>
            <span class="ellipsis">{each.part === lineage.key ? t("lineage.into", { part: each.into }) : t("lineage.took", { part: each.part })}</span>
            <time class="faint">{clockText(each.time_ns)}</time>
          </li>
        ))}
      </ol>
      {lineage.contains.length > 0 && <p class="tags">{lineage.contains.map((each) => <span class="tag" key={each}>{each}</span>)}</p>}
    </Section>
  );
}

/** Fields in groups by component; one may be looked at as a chart. */
function ValuesList({ values: told }: { values: Values }) {
  const names = Object.keys(told.fields).filter((name) => !name.startsWith("transform.") || told.fields[name]!.age_secs !== null); // what stands still is not told where
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const group = name.split(".")[0]!;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  const charted = names.filter((name) => typeof told.fields[name]!.value === "number");
  const [chosen, choose] = useState<string | null>(null);
  const first = useRef<string | null>(null); // what was picked stays, whichever speaks last
  if (!first.current || !charted.includes(first.current)) first.current = bestCharted(told, charted);
  const shown = chosen === "" ? null : chosen && charted.includes(chosen) ? chosen : first.current;
  return (
    <>
      {[...groups].map(([group, inside]) => (
        <Section key={group} title={humanized(group)}>
          <ul class="values" role="list">
            {inside.map((name) => <ValueRow key={name} name={name} told={told} charted={charted.includes(name)} shown={shown === name} onChart={() => choose(shown === name ? "" : name)} />)}
          </ul>
        </Section>
      ))}
      {shown && <Chart key={told.id + shown} entity={told.id} field={shown} title={fieldTitle(shown)} unit={told.fields[shown]!.unit} />}
    </>
  );
}

/** The first field among those that are spoken of. */
function bestCharted(told: Values, charted: readonly string[]): string | null {
  const age = (name: string) => told.fields[name]!.age_secs ?? Infinity;
  const least = Math.min(...charted.map(age));
  return charted.find((name) => age(name) <= least + SAME_AGE_SECS) ?? charted[0] ?? null;
}

function ValueRow({ name, told, charted, shown, onChart }: { name: string; told: Values; charted: boolean; shown: boolean; onChart: () => void }) {
  const field = told.fields[name]!;
  const age = ageOf(told, name, beat.value);
  const state = isPast.value ? "fresh" : isConnected.value || age === null ? staleness(age) : "silent";
  return (
    <li class={`value value-${state}`} data-field={name}>
      <span class="value-name ellipsis" title={name}>{fieldTitle(name)}</span>
      <span class="value-number" title={typeof field.value === "number" ? String(field.value) : ""}><ValueText field={field} /></span>
      <AgeText age={age} />
      {charted ? (
        <button type="button" class="icon-button tiny" aria-pressed={shown} aria-label={t("chart.show", { name: fieldTitle(name) })} title={t("chart.show", { name: fieldTitle(name) })} onClick={onChart}>
          <Icon name="chart" size={14} />
        </button>
      ) : <span />}
    </li>
  );
}

/** A whole number without a unit counts something: it has no digits after the point. */
function isCount(field: FieldValue): boolean {
  return typeof field.value === "number" && !field.unit && Number.isInteger(field.value);
}

function ValueText({ field }: { field: FieldValue }) {
  const unit = unitText(field.unit);
  return (
    <>
      <b>{plainText(field.value, !isCount(field))}</b>
      {unit && <span class="unit">{unit}</span>}
    </>
  );
}

/** Ask what is known of what is selected, again and again; and how it was, where the past is shown. */
export function watchSelected(): void {
  let again = 0;
  effect(() => {
    const id = selected.value;
    const connected = isConnected.value;
    clearInterval(again);
    if (!id) {
      known.value = null;
      return;
    }
    if (!connected) return;
    const askNow = () =>
      entityFacts(id).then(
        (facts) => selected.peek() === id && (known.value = { id, facts, problem: "" }),
        (error: Error) => selected.peek() === id && (known.value = { id, facts: known.peek()?.id === id ? known.peek()!.facts : null, problem: error.message }),
      );
    void askNow();
    again = window.setInterval(askNow, AGAIN_MS);
  });
  let askedAt = 0;
  let timer = 0;
  effect(() => {
    const [id, shown] = [selected.value, moment.value];
    clearTimeout(timer);
    if (!id || !shown || shown.live) {
      then.value = null;
      return;
    }
    timer = window.setTimeout(() => {
      askedAt = performance.now();
      entityThen(id, shown.time_ns).then(
        (told) => (then.value = { id, time_ns: told.time_ns ?? shown.time_ns, fields: told.fields ?? {}, heardAt: null }),
        () => (then.value = null),
      );
    }, Math.max(0, askedAt + THEN_MS - performance.now()));
  });
}
