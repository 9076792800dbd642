// A field's last minutes: what the recording has of them, and what comes.
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { clockOffset, onValues } from "../live";
import { moment, type Id } from "../store";
import { language, t } from "../text";
import { clockText, numberText, unitText } from "../text/format";
import { series } from "./api";
import { Choices } from "./parts";
import { isPast, theme } from "./state";
import { Trace } from "./trace";

const HEIGHT = 132;
const DRAW_MS = 250;
const POINTS = 400;
const SPANS = [60, 300, 1800] as const;
const STEPS_SECS = [5, 10, 15, 30, 60, 120, 300, 600, 1200];

export function Chart({ entity, field, title, unit }: { entity: Id; field: string; title: string; unit: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [secs, setSecs] = useState<number>(300);
  const [told, setTold] = useState("");
  const [colours, words] = [theme.value, language.value];
  const past = isPast.value && moment.value ? Math.round(moment.value.time_ns / 2e9) * 2e9 : 0; // charts of the past move by two seconds
  useEffect(() => {
    const element = box.current!;
    const trace = new Trace();
    const plot = new uPlot(options(element, unit), trace.columns(0, 1), element);
    let drawnAt = 0;
    const draw = () => {
      const end = past ? past / 1e9 + secs / 4 : (Date.now() + clockOffset.value) / 1000;
      const data = trace.columns(end - secs, end);
      plot.setData(data, false);
      plot.batch(() => {
        plot.setScale("x", { min: end - secs, max: end });
        const [low, high] = trace.limits(end - secs, end);
        plot.setScale("y", { min: low, max: high });
      });
      drawnAt = performance.now();
      setTold(trace.summary(end - secs, end, (n) => numberText(n)));
    };
    const end_ns = past ? past + (secs / 4) * 1e9 : (Date.now() + clockOffset.value) * 1e6;
    let ended = false;
    series(entity, field, end_ns - secs * 1e9, end_ns, POINTS).then((found) => (ended ? undefined : (trace.before(found), draw())), () => undefined);
    const stop = past ? () => undefined : onValues((news) => {
      const value = news.fields?.[field]?.value;
      if (news.id !== entity || typeof value !== "number") return;
      trace.add(news.time_ns / 1e9, value);
      if (performance.now() - drawnAt > DRAW_MS) draw();
    });
    const timer = past ? 0 : window.setInterval(draw, 1000);
    const resized = new ResizeObserver(() => plot.setSize({ width: Math.max(element.clientWidth, 100), height: HEIGHT }));
    resized.observe(element);
    draw();
    return () => {
      ended = true;
      stop();
      clearInterval(timer);
      resized.disconnect();
      plot.destroy();
    };
  }, [entity, field, secs, colours, words, past]);
  return (
    <figure class="chart" aria-label={t("chart.of", { name: title })}>
      <figcaption>
        <b class="ellipsis">{title}</b>
        <span class="faint grow">{told} {told && unitText(unit)}</span>
        <Choices label={t("chart.span")} chosen={secs} onChoose={setSecs} options={SPANS.map((value) => ({ value, text: t("span.min", { n: value / 60 }) }))} />
      </figcaption>
      <div class="chart-box" ref={box} role="img" aria-label={`${title} ${told}`} />
    </figure>
  );
}

function options(box: HTMLElement, unit: string): uPlot.Options {
  const styles = getComputedStyle(box);
  const colour = (name: string) => styles.getPropertyValue(name).trim();
  const axis = { stroke: colour("--text-faint"), font: `11px ${styles.fontFamily}`, grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  return {
    width: Math.max(box.clientWidth, 100),
    height: HEIGHT,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { time: true, auto: false }, y: { auto: false } },
    axes: [
      { ...axis, size: 22, gap: 4, space: 58, incrs: STEPS_SECS, values: (_, splits) => splits.map((secs) => clockText(secs * 1e9, { seconds: splits.length < 2 || splits[1]! - splits[0]! < 60 })) },
      { ...axis, size: 46, gap: 4, space: 28, values: (_, splits) => splits.map((value) => numberText(value)) },
    ],
    series: [
      {},
      { stroke: colour("--accent"), width: 1.5, points: { show: false }, label: unit },
      { stroke: "transparent", points: { show: false } },
      { stroke: "transparent", points: { show: false } },
    ],
    bands: [{ series: [3, 2], fill: colour("--accent-soft") }],
  };
}
