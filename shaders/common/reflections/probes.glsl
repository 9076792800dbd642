// What mirrors show of things nearby, by reflection probes: pictures taken from the middle of boxes, looked up as if all that is
// seen stood at the box's walls. Lagarde and Zanuttini, "Local Image-based Lighting with Parallax-corrected Cubemap", 2012.
#include "generated/reflections.glsl"

#ifdef LAYER_TRANSMISSION
layout(binding = 2) uniform samplerCubeArray reflection_cubes; // 0 and 1 are what lies behind
#else
layout(binding = 0) uniform samplerCubeArray reflection_cubes;
#endif

struct NearMirror {
    vec3 light; // of things
    float sky;  // how much of the sky is seen between them
    float rest; // how much is known by no probe
};

// A box's picture about the direction `d` (unit) from `p`, in the box's space; a lobe of this alpha.
vec4 reflection_lobe(ReflectionRow row, vec3 p, vec3 d, float alpha) {
    vec3 towards = d;
    if (row.look.z > 0.5) {
        vec3 half_size = row.half_size.xyz, inside = clamp(p, -half_size, half_size);
        vec3 far = (half_size - inside * sign(d)) / max(abs(d), vec3(1e-6)); // along each axis
        float t = max(min(min(far.x, far.y), far.z), 1e-4);
        towards = inside + d * t;
        // As wide as the lobe is at the wall, seen from the middle; the widest ones see everything anyway.
        float seen = clamp(alpha * t / max(length(towards), 1e-4), 0.0, 1.0);
        alpha = mix(seen, alpha, alpha);
    }
    float last = float(textureQueryLevels(reflection_cubes) - 1), level = last + 0.5 * log2(max(alpha, 1e-6));
    if (level < 1.0) level = clamp(alpha * exp2(2.0 * (last - 1.0)), 0.0, 1.0);
    vec3 world = towards.x * row.axes[0].xyz + towards.y * row.axes[1].xyz + towards.z * row.axes[2].xyz;
    return textureLod(reflection_cubes, vec4(world, row.look.y), min(level, last));
}

// Seen at `position` (relative to the camera's cell) by a GGX surface of normal `n` from `v`, both of the world.
NearMirror near_mirror(vec3 position, vec3 n, vec3 v, float roughness) {
    NearMirror found = NearMirror(vec3(0.0), 0.0, 1.0);
    float share;
    vec4 lean = environment_lean(dot(n, v), roughness, share);
    vec3 mirror = reflect(-v, n), narrow = normalize(mix(mirror, n, lean.y)), wide = normalize(mix(mirror, n, lean.x));
    for (uint i = 0u; i < min(reflection_count.x, uint(MOST_REFLECTIONS)) && found.rest > 0.0; ++i) {
        ReflectionRow row = reflection_rows[i];
        mat3 box = mat3(row.axes[0].xyz, row.axes[1].xyz, row.axes[2].xyz);
        vec3 p = position * box + vec3(row.axes[0].w, row.axes[1].w, row.axes[2].w);
        float outside = length(max(abs(p) - row.half_size.xyz, vec3(0.0)));
        float weight = found.rest * saturate(1.0 - outside * row.half_size.w);
        if (weight <= 0.0) continue;
        vec4 seen = mix(reflection_lobe(row, p, narrow * box, lean.w), reflection_lobe(row, p, wide * box, lean.z), share);
        found.light += weight * row.look.x * seen.rgb;
        found.sky += weight * (1.0 - seen.a);
        found.rest -= weight;
    }
    return found;
}
