// What the colours of field maps mean: a bar for each, with the values at its ends.
import { effect, signal } from "@preact/signals";
import { t } from "../text";
import { unitText } from "../text/format";
import { fieldLegends, type FieldLegend } from "./api";
import { plainText } from "./details_text";
import { Section } from "./parts";
import { isConnected, tab } from "./state";

const ASK_MS = 2000;

/** As the server tells them; empty where nothing of the kind is shown. */
export const legends = signal<FieldLegend[]>([]);
const problems = signal<string[]>([]);

export function FieldLegends() {
  if (!legends.value.length && !problems.value.length) return null;
  return (
    <Section title={t("fields.title")}>
      {problems.value.map((each) => <p key={each} class="problem field-problem" role="alert">{each}</p>)}
      <ul class="legends" role="list">{legends.value.map((each) => <Legend key={each.id} of={each} />)}</ul>
    </Section>
  );
}

function Legend({ of }: { of: FieldLegend }) {
  const kind = t(`fields.${of.kind}`);
  const end = (value: number) => plainText(Number(value.toPrecision(3)));
  return (
    <li class="legend" data-field={of.id}>
      <div class="legend-name"><b>{of.name || kind}</b>{of.unit && <span class="unit">{unitText(of.unit)}</span>}</div>
      <div class="legend-bar" role="img" aria-label={t("fields.from", { low: end(of.low), high: end(of.high) })} style={{ background: `linear-gradient(to right, ${of.colors.join(", ")})` }} />
      <div class="legend-ends"><span>{end(of.low)}</span><span class="faint">{of.name ? kind : of.of}</span><span>{end(of.high)}</span></div>
    </li>
  );
}

function refresh(): void {
  fieldLegends().then(
    (told) => {
      legends.value = told.fields;
      problems.value = Object.values(told.problems);
    },
    () => undefined,
  );
}

export function watchFields(): void {
  effect(() => {
    if (isConnected.value) refresh();
  });
  setInterval(() => {
    if (isConnected.peek() && tab.peek() === "measures") refresh();
  }, ASK_MS);
}
