// How much of the hemisphere near surfaces hide, from depth alone, at half size: horizons in a few slices through the
// view direction. Jimenez et al., "Practical Real-Time Strategies for Accurate Indirect Occlusion", 2016.
#include "common/depth.glsl"
#include "common/sampling.glsl"

layout(binding = 0) uniform sampler2D depth_map;
layout(std140, binding = 2) uniform Occlusion {
    vec4 reach; // share of the distance, longest in metres, noise offset, -
};
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec2 result; // openness, metres along the view

const int SLICES = 2;
const int STEPS = 4;

// Positions of whole texels: between them the depth of one and the place of another would make steps of a slope.
vec3 position_at(ivec2 texel) {
    texel = clamp(texel, ivec2(0), ivec2(viewport.xy) - 1);
    return view_from_depth((vec2(texel) + 0.5) * viewport.zw, texelFetch(depth_map, texel, 0).r);
}

void main() {
    ivec2 here = clamp(ivec2(gl_FragCoord.xy) * 2, ivec2(1), max(ivec2(viewport.xy) - 2, ivec2(1))); // with neighbours
    if (texelFetch(depth_map, here, 0).r <= 0.0) {
        result = vec2(1.0, 1e4);
        return;
    }
    vec3 p = position_at(here);
    // The nearer neighbour on each axis lies on the same surface.
    vec3 r = position_at(here + ivec2(1, 0)) - p, l = p - position_at(here - ivec2(1, 0));
    vec3 t = position_at(here + ivec2(0, 1)) - p, b = p - position_at(here - ivec2(0, 1));
    vec3 n = normalize(cross(abs(r.z) < abs(l.z) ? r : l, abs(t.z) < abs(b.z) ? t : b));
    vec3 v = camera_position.w > 0.5 ? normalize(-p) : vec3(0.0, 0.0, 1.0);

    float radius = min(reach.x * -p.z, reach.y);
    float across = camera_position.w > 0.5 ? -p.z : 1.0;
    vec2 extent = radius * 0.5 * vec2(clip_from_view[0][0], clip_from_view[1][1]) / across * viewport.xy;
    float noise = fract(gradient_noise(mod(gl_FragCoord.xy, 4.0)) + reach.z); // repeats where the smoothing averages
    float open = 0.0;
    for (int i = 0; i < SLICES; ++i) {
        float phi = (float(i) + noise) * PI / float(SLICES);
        vec2 direction = vec2(cos(phi), sin(phi));
        vec3 along = vec3(direction, 0.0) - v * dot(vec3(direction, 0.0), v);
        vec3 axis = normalize(cross(vec3(direction, 0.0), v));
        vec3 projected = n - axis * dot(n, axis);
        float length_projected = max(length(projected), 1e-5);
        float cosine = clamp(dot(projected, v) / length_projected, -1.0, 1.0);
        float tilt = (dot(along, projected) < 0.0 ? -1.0 : 1.0) * acos(cosine);
        vec2 horizons = vec2(cos(tilt + PI * 0.5), cos(tilt - PI * 0.5)); // ahead, behind: at first the surface's own
        for (int j = 0; j < STEPS; ++j) {
            float s = (float(j) + 0.3 + 0.7 * fract(noise * 7.0 + float(i) * 0.37)) / float(STEPS);
            ivec2 offset = ivec2(round(direction * max(extent * s * s, vec2(float(j) + 1.0))));
            vec3 ahead = position_at(here + offset) - p, behind = position_at(here - offset) - p;
            vec2 far = vec2(length(ahead), length(behind));
            vec2 cosines = vec2(dot(ahead, v), dot(behind, v)) / max(far, vec2(1e-6));
            vec2 fade = clamp(1.0 - far / radius, 0.0, 1.0);
            horizons = max(horizons, mix(horizons, cosines, fade));
        }
        float h0 = tilt + clamp(acos(clamp(horizons.x, -1.0, 1.0)) - tilt, -PI * 0.5, PI * 0.5);
        float h1 = tilt + clamp(-acos(clamp(horizons.y, -1.0, 1.0)) - tilt, -PI * 0.5, PI * 0.5);
        float arc = 0.25 * (2.0 * cos(tilt) - cos(2.0 * h0 - tilt) - cos(2.0 * h1 - tilt)
            + 2.0 * (h0 + h1) * sin(tilt));
        open += length_projected * arc;
    }
    result = vec2(saturate(open / float(SLICES)), -p.z);
}
