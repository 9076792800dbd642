// Directions on a square through the octahedron, +Y in the centre. The numpy twin is `taixu.render.octahedron`.

// `d` needs no unit length.
vec2 octahedron_from_direction(vec3 d) {
    vec2 p = d.xz * (1.0 / (abs(d.x) + abs(d.y) + abs(d.z)));
    vec2 side = vec2(p.x >= 0.0 ? 1.0 : -1.0, p.y >= 0.0 ? 1.0 : -1.0);
    return 0.5 + 0.5 * (d.y >= 0.0 ? p : (1.0 - abs(p.yx)) * side);
}

// `uv` may lie up to one square over an edge: there the square continues mirrored about the middle of that edge.
vec3 direction_from_octahedron(vec2 uv) {
    vec2 p = 2.0 * uv - 1.0;
    if (abs(p.x) > 1.0) p = vec2(sign(p.x) * 2.0 - p.x, -p.y);
    if (abs(p.y) > 1.0) p = vec2(-p.x, sign(p.y) * 2.0 - p.y);
    float y = 1.0 - abs(p.x) - abs(p.y);
    vec2 side = vec2(p.x >= 0.0 ? 1.0 : -1.0, p.y >= 0.0 ? 1.0 : -1.0);
    vec2 xz = y >= 0.0 ? p : (1.0 - abs(p.yx)) * side;
    return normalize(vec3(xz.x, y, xz.y));
}
