// Names of things that are only known by their ids.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Id } from "../store";
import { entityFacts } from "./api";

/** Names of things by id, learnt one after another; the id's end until then. */
const names = signal<ReadonlyMap<Id, string>>(new Map());
const asking = new Set<Id>();

export function useName(id: Id): string {
  useEffect(() => {
    if (names.value.has(id) || asking.has(id) || asking.size > 20) return;
    asking.add(id);
    entityFacts(id).then((facts) => (names.value = new Map(names.value).set(id, facts.name)), () => undefined).finally(() => asking.delete(id));
  }, [id]);
  return names.value.get(id) ?? `…${id.slice(-4)}`;
}
