// The board: figures of the whole, by zone, and by thing.
import type { Measure } from "../live";
import { t } from "../text";
import { unitText } from "../text/format";
import { plainText, titled } from "./details_text";
import { FieldLegends, legends } from "./fields";
import { EntityLink } from "./ledger";
import { Empty, Section } from "./parts";
import { measuresShown } from "./playback";

const MOST_THINGS = 30;

export function MeasuresPanel() {
  const all = measuresShown.value;
  if (!all.length && !legends.value.length) return <Empty>{t("measures.none")}</Empty>;
  const whole = all.filter((each) => each.by === "whole");
  const zones = all.filter((each) => each.by === "zone");
  const things = all.filter((each) => each.by === "entity");
  return (
    <div class="measures">
      <FieldLegends />
      {whole.length > 0 && (
        <Section title={t("measures.whole")}>
          <div class="tiles">{whole.map((each) => <Tile key={each.name} measure={each} />)}</div>
        </Section>
      )}
      {zones.length > 0 && (
        <Section title={t("measures.zones")}>
          <ZoneTable measures={zones} />
        </Section>
      )}
      {things.map((each) => <ThingTable key={each.name} measure={each} />)}
    </div>
  );
}

function Tile({ measure }: { measure: Measure }) {
  const told = measure.values[0];
  return (
    <div class="tile" data-measure={measure.name}>
      <span class="tile-name">{titled(measure.name)}</span>
      <span class="tile-number"><Shown value={told} unit={measure.unit} /></span>
    </div>
  );
}

function Shown({ value, unit }: { value: Measure["values"][number] | undefined; unit: string }) {
  return (
    <>
      <b>{plainText(value?.value ?? null)}</b>
      {value && unit && <span class="unit">{unitText(unit)}</span>}
      {value?.text && <span class="measure-text">{value.text}</span>}
    </>
  );
}

function ZoneTable({ measures: listed }: { measures: Measure[] }) {
  const zones = [...new Set(listed.flatMap((each) => each.values.map((value) => value.of)))].sort();
  return (
    <div class="scroll-x">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("measures.zone")}</th>
            {listed.map((each) => <th key={each.name} scope="col" class="number">{titled(each.name)}{each.unit && <span class="unit">{unitText(each.unit)}</span>}</th>)}
          </tr>
        </thead>
        <tbody>
          {zones.map((zone) => (
            <tr key={zone}>
              <th scope="row">{zone}</th>
              {listed.map((each) => <td key={each.name} class="number"><Shown value={each.values.find((value) => value.of === zone)} unit="" /></td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ThingTable({ measure }: { measure: Measure }) {
  const shown = measure.values.slice(0, MOST_THINGS);
  const more = measure.values.length - shown.length;
  return (
    <Section title={titled(measure.name)} aside={<span class="unit">{unitText(measure.unit)}</span>}>
      <ul class="rows" role="list">
        {shown.map((each) => (
          <li key={each.of} class="row">
            <EntityLink id={each.of} />
            <span class="grow" />
            <span class="number"><Shown value={each} unit="" /></span>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="faint">{t("measures.more", { n: more })}</p>}
    </Section>
  );
}
