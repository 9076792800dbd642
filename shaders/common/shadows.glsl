// Shadow maps in one atlas: a tile for each cascade of a directional light, each spot, and each of a point's six sides.
// Depth is reversed (1 next to the light).
#include "common/lights.glsl"

#ifdef SHADOWS
#include "common/sampling.glsl"

layout(binding = TEXTURE_SHADOWS) uniform sampler2D shadow_atlas;

// Which of the 2x2 texels around a corner do not hide a depth: (0 1) (1 1) (1 0) (0 0), as gathers come.
vec4 shadow_passes(vec2 corner, float depth) { return step(textureGather(shadow_atlas, corner), vec4(depth)); }

// Tent of 3x3 texels: of 4x4 comparisons, a column weighs (1-s, 2-s, 1+s, s) / 4. Castano, "Shadow Mapping Summary", 2013.
// `bounds`: the corners between which four texels are the tile's own.
float shadow_tent(vec2 uv, float depth, vec4 bounds) {
    vec2 size = vec2(textureSize(shadow_atlas, 0));
    vec2 p = uv * size;
#ifdef LEAN // a box of 2x2 texels
    vec2 between = fract(p - 0.5);
    vec4 near = shadow_passes(clamp((floor(p - 0.5) + 1.0) / size, bounds.xy, bounds.zw), depth);
    vec2 rows = mix(near.wx, near.zy, between.x);
    return mix(rows.x, rows.y, between.y);
#endif
    vec2 base = floor(p + 0.5);
    vec2 s = p + 0.5 - base;
    vec2 a = clamp((base - 1.0) / size, bounds.xy, bounds.zw), b = clamp((base + 1.0) / size, bounds.xy, bounds.zw);
    vec4 wx = vec4(1.0 - s.x, 2.0 - s.x, 1.0 + s.x, s.x), wy = vec4(1.0 - s.y, 2.0 - s.y, 1.0 + s.y, s.y);
    float sum = dot(shadow_passes(a, depth), wy.yyxx * wx.xyyx) + dot(shadow_passes(vec2(b.x, a.y), depth), wy.yyxx * wx.zwwz)
        + dot(shadow_passes(vec2(a.x, b.y), depth), wy.wwzz * wx.xyyx) + dot(shadow_passes(b, depth), wy.wwzz * wx.zwwz);
    return sum / 16.0;
}

#ifdef SOFT_SHADOWS
const uint SHADOW_LOOKS = 12u;    // for what hides the light
const uint SHADOW_SAMPLES = 16u;
const float SHADOW_WIDEST = 24.0; // texels from the middle of a soft edge
const float SHADOW_HIGHEST_M = 50.0; // above what lies in a sun's shadow that is as soft as it should be

// Metres from the light's plane, or from the light.
float shadow_distance(ShadowRow row, float depth) { return row.soft > 0.0 ? (1.0 - depth) * row.depth_m : row.depth_m / max(depth, 1e-9); }

// A light with a size: the mean depth of what hides it says how wide the edge is. Fernando, "Percentage-Closer Soft Shadows", 2005.
// `slope`: how the surface's own depth changes by texel, so that it does not hide itself. `soft` of suns is positive, the tangent of
// the angle, of other lights negative, the radius.
float shadow_soft(ShadowRow row, vec2 uv, float depth, vec2 slope, vec4 bounds, float turn) {
    vec2 texel = 1.0 / vec2(textureSize(shadow_atlas, 0));
    float here = shadow_distance(row, depth);
    // Where hiders may be: of lights with a place those half as far at least.
    float widest = row.soft > 0.0 ? row.soft * min(here, SHADOW_HIGHEST_M) / row.texel_size : -row.soft / (here * row.texel_size);
    widest = clamp(widest, 1.5, SHADOW_WIDEST);
    float sum = 0.0, count = 0.0;
    for (uint i = 0u; i < SHADOW_LOOKS; ++i) {
        vec2 at = vogel_disk(i, SHADOW_LOOKS, turn) * widest;
        vec4 found = textureGather(shadow_atlas, clamp(uv + at * texel, bounds.xy, bounds.zw));
        vec4 hides = step(vec4(depth + dot(at, slope) + 1e-7), found);
        sum += dot(found, hides);
        count += dot(hides, vec4(1.0));
    }
    if (count < 0.5) return 1.0;
    float hider = shadow_distance(row, sum / count);
    float wide = row.soft > 0.0 ? row.soft * (here - hider) / row.texel_size : -row.soft * (here - hider) / (hider * here * row.texel_size);
    wide = clamp(wide, 1.0, SHADOW_WIDEST);
    float lit = 0.0;
    for (uint i = 0u; i < SHADOW_SAMPLES; ++i) {
        vec2 at = vogel_disk(i, SHADOW_SAMPLES, turn) * wide;
        vec2 p = (uv + at * texel) / texel - 0.5, s = fract(p);
        vec4 passes = shadow_passes(clamp((floor(p) + 1.0) * texel, bounds.xy, bounds.zw), depth + dot(at, slope));
        vec2 row_mix = mix(passes.wx, passes.zy, s.x);
        lit += mix(row_mix.x, row_mix.y, s.y);
    }
    return lit / float(SHADOW_SAMPLES);
}
#endif

// Side of a cube that a direction leaves through: +X -X +Y -Y +Z -Z.
int cube_side(vec3 d) {
    vec3 a = abs(d);
    if (a.x >= a.y && a.x >= a.z) return d.x > 0.0 ? 0 : 1;
    if (a.y >= a.z) return d.y > 0.0 ? 2 : 3;
    return d.z > 0.0 ? 4 : 5;
}

// Where a position lies in a tile, in normalised device coordinates; false outside of it.
bool shadow_place(int tile, vec3 position, out vec3 ndc) {
    vec4 clip = shadows[tile].clip_from_world * vec4(position, 1.0);
    ndc = clip.xyz / max(clip.w, 1e-9);
    return clip.w > 0.0 && all(lessThanEqual(abs(ndc.xy), vec2(1.0))) && ndc.z > 0.0;
}

// 1 in the light, 0 in shadow. `normal` is geometric, `view_depth` metres along the view.
// `noise`: 0 to 1, by which soft edges are asked at other places from pixel to pixel.
float shadow_factor(LightRow light, vec3 position, vec3 normal, vec3 to_light, float view_depth, float noise) {
    int tile = light.shadow;
    if (tile < 0) return 1.0;
    int last = tile;
    float texel = 1.0;
    if (light.kind == LIGHT_DIRECTIONAL) {
        last = tile + int(light.shadow_count) - 1;
        while (tile < last && view_depth > shadows[tile].far_depth) ++tile;
        if (view_depth > shadows[tile].far_depth) return 1.0;
#ifdef SOFT_SHADOWS
        // Where edges are soft, a cascade goes over into the next.
        float begins = tile > light.shadow ? shadows[tile - 1].far_depth : 0.0;
        float over = (view_depth - begins) / (shadows[tile].far_depth - begins) * 8.0 - 7.0;
        if (shadows[tile].soft != 0.0 && tile < last && over > noise) ++tile;
#endif
    } else {
        texel = distance(light.position, position);
    }
    // Move out of the surface's own shadow: along the normal, by what a texel covers there.
    texel *= shadows[tile].texel_size;
    float slope = sqrt(saturate(1.0 - square(dot(normal, to_light))));
    vec3 moved = position + normal * (texel * (0.5 + 1.5 * slope)) + to_light * (texel * 0.5);
    // The side is that of the moved position: across an edge the other side's map has it.
    if (light.kind == LIGHT_POINT) tile = last = tile + cube_side(moved - light.position);
    vec3 ndc;
    bool inside = shadow_place(tile, moved, ndc);
    while (!inside && tile < last) inside = shadow_place(++tile, moved, ndc);
    if (!inside) return 1.0;
    vec4 rect = shadows[tile].rect;
    vec2 size = vec2(textureSize(shadow_atlas, 0)), margin = 1.0 / size;
    vec4 bounds = vec4(rect.xy + margin, rect.xy + rect.zw - margin);
    vec2 uv = rect.xy + (ndc.xy * 0.5 + 0.5) * rect.zw;
    float depth = min(ndc.z, 1.0);
#ifdef SOFT_SHADOWS
    bool is_soft = shadows[tile].soft != 0.0;
    float lit = 1.0;
    for (bool hard = !is_soft; hard; hard = false) lit = shadow_tent(uv, depth, bounds); // loops: software goes through what an `if` skips
    for (; is_soft; is_soft = false) {
        // How the plane of the surface lies in the map; projections keep planes.
        vec3 t, b, ndc_t, ndc_b;
        orthonormal_basis(normal, t, b);
        float step_m = 4.0 * texel;
        shadow_place(tile, moved + t * step_m, ndc_t);
        shadow_place(tile, moved + b * step_m, ndc_b);
        vec2 texels = 0.5 * rect.zw * size;
        vec2 x = (ndc_t.xy - ndc.xy) * texels, y = (ndc_b.xy - ndc.xy) * texels;
        float wide = x.x * y.y - x.y * y.x;
        vec2 dz = vec2(ndc_t.z - ndc.z, ndc_b.z - ndc.z);
        vec2 slope = vec2(dz.x * y.y - dz.y * x.y, dz.y * x.x - dz.x * y.x) / (abs(wide) > 1e-3 ? wide : 1e30);
        lit = shadow_soft(shadows[tile], uv, depth, slope, bounds, noise * 2.0 * PI);
    }
    return lit;
#else
    return shadow_tent(uv, depth, bounds);
#endif
}
float shadow_factor(LightRow light, vec3 position, vec3 normal, vec3 to_light, float view_depth) {
    return shadow_factor(light, position, normal, to_light, view_depth, 0.5);
}
#endif
