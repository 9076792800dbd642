// Shadow maps in one atlas: a tile for each cascade of a directional light, each spot, and each of a point's six sides.
// Depth is reversed (1 next to the light), and the sampler compares: 1 where the reference is not farther than the map.
#include "common/lights.glsl"

#ifdef SHADOWS
layout(binding = TEXTURE_SHADOWS) uniform sampler2DShadow shadow_atlas;

// Tent of 3x3 texels from four bilinear comparisons: Castano, "Shadow Mapping Summary", 2013.
float shadow_tent(vec2 uv, float depth, vec4 bounds) {
    vec2 size = vec2(textureSize(shadow_atlas, 0));
    vec2 p = uv * size;
    vec2 base = floor(p + 0.5);
    vec2 st = p + 0.5 - base;
    vec2 w0 = 3.0 - 2.0 * st, w1 = 1.0 + 2.0 * st;
    vec2 a = clamp((base - 0.5 + (2.0 - st) / w0 - 1.0) / size, bounds.xy, bounds.zw);
    vec2 b = clamp((base - 0.5 + st / w1 + 1.0) / size, bounds.xy, bounds.zw);
    float sum = w0.x * w0.y * texture(shadow_atlas, vec3(a, depth)) + w1.x * w0.y * texture(shadow_atlas, vec3(b.x, a.y, depth))
        + w0.x * w1.y * texture(shadow_atlas, vec3(a.x, b.y, depth)) + w1.x * w1.y * texture(shadow_atlas, vec3(b, depth));
    return sum / 16.0;
}

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
float shadow_factor(LightRow light, vec3 position, vec3 normal, vec3 to_light, float view_depth) {
    int tile = light.shadow;
    if (tile < 0) return 1.0;
    int last = tile;
    float texel = 1.0;
    if (light.kind == LIGHT_DIRECTIONAL) {
        last = tile + int(light.shadow_count) - 1;
        while (tile < last && view_depth > shadows[tile].far_depth) ++tile;
        if (view_depth > shadows[tile].far_depth) return 1.0;
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
    vec2 margin = 0.5 / vec2(textureSize(shadow_atlas, 0));
    return shadow_tent(rect.xy + (ndc.xy * 0.5 + 0.5) * rect.zw, min(ndc.z, 1.0), vec4(rect.xy + margin, rect.xy + rect.zw - margin));
}
#endif
