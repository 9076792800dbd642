// What joints hold of a mesh, as boxes: bent things are picked by them.
import * as THREE from "three";

export interface Limb {
  joint: number;
  /** At rest, in the mesh's space. */
  box: THREE.Box3;
}

/** Boxes around the triangles of which each joint holds a corner more than any other does. */
export function limbsOf(geometry: THREE.BufferGeometry): Limb[] {
  const places = geometry.getAttribute("position"), joints = geometry.getAttribute("skinIndex"), shares = geometry.getAttribute("skinWeight");
  const holders = new Uint16Array(places.count);
  for (let corner = 0; corner < places.count; corner++) {
    let strongest = 0;
    for (let lane = 1; lane < 4; lane++) if (shares.getComponent(corner, lane) > shares.getComponent(corner, strongest)) strongest = lane;
    holders[corner] = joints.getComponent(corner, strongest);
  }
  const found = new Map<number, THREE.Box3>();
  const points = [new THREE.Vector3(), new THREE.Vector3(), new THREE.Vector3()];
  const { index } = geometry;
  const count = index?.count ?? places.count;
  for (let first = 0; first + 2 < count; first += 3) {
    const corners = [0, 1, 2].map((each) => index?.getX(first + each) ?? first + each);
    corners.forEach((corner, each) => points[each]!.fromBufferAttribute(places as THREE.BufferAttribute, corner));
    for (const corner of corners) {
      const joint = holders[corner]!;
      let box = found.get(joint);
      if (!box) found.set(joint, (box = new THREE.Box3()));
      for (const point of points) box.expandByPoint(point);
    }
  }
  return [...found].map(([joint, box]) => ({ joint, box }));
}
