// What rays found in the place of what the mirror lobe was thought to show: the difference, to be added.
#include "common/depth.glsl"
#include "common/math.glsl"
#include "passes/reflections/lobes.glsl"

layout(binding = 0) uniform sampler2D reflected_map;
layout(binding = 1) uniform LOBE_SAMPLER lobe_known_map;
layout(binding = 3) uniform sampler2D depth_map;
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 more;

#if SAMPLES > 1
#define LOBE_AT(map, texel) texelFetch(map, texel, gl_SampleID)
#else
#define LOBE_AT(map, texel) texelFetch(map, texel, 0)
#endif

// Radiance, weighted by how sure it is.
vec4 found_at(ivec2 texel) {
#ifdef HALF_SIZE
    // Of the four around, those that lie as far away.
    ivec2 size = textureSize(reflected_map, 0);
    vec2 at = (vec2(texel) + 0.5) * vec2(size) * viewport.zw - 0.5;
    ivec2 base = ivec2(floor(at));
    vec2 f = at - vec2(base);
    float here = distance_from_depth(texelFetch(depth_map, texel, 0).r);
    vec4 sum = vec4(0.0);
    float weights = 0.0;
    for (int i = 0; i < 4; ++i) {
        ivec2 corner = ivec2(i & 1, i >> 1), coarse = clamp(base + corner, ivec2(0), size - 1);
        ivec2 fine = ivec2((vec2(coarse) + 0.5) * viewport.xy / vec2(size));
        vec2 near = mix(1.0 - f, f, vec2(corner));
        float there = distance_from_depth(texelFetch(depth_map, min(fine, ivec2(viewport.xy) - 1), 0).r);
        float weight = near.x * near.y / (1.0 + square(50.0 * (there - here) / max(here, 1e-3))) + 1e-6;
        vec4 found = texelFetch(reflected_map, coarse, 0);
        sum += weight * vec4(found.rgb * found.a, found.a);
        weights += weight;
    }
    return sum / weights;
#else
    vec4 found = texelFetch(reflected_map, texel, 0);
    return vec4(found.rgb * found.a, found.a);
#endif
}

void main() {
    ivec2 texel = ivec2(gl_FragCoord.xy);
    vec4 lobe = LOBE_AT(lobe_map, texel);
    vec4 found = found_at(texel) * lobe_share(lobe.a);
    vec3 known = LOBE_AT(lobe_known_map, texel).rgb;
    more = vec4(lobe.rgb * (found.rgb - known * found.a), 0.0);
}
