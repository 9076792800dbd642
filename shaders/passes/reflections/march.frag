// A ray from each pixel into the mirror's direction, through the depth of the picture.
#include "common/octahedron.glsl"
#include "passes/reflections/lobes.glsl"

layout(binding = 0) uniform sampler2D march_depth;
layout(binding = 1) uniform sampler2D march_picture;
layout(binding = 3) uniform LOBE_SAMPLER lobe_normal_map;
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 reflected; // radiance, how sure it is

const float LEAST_WEIGHT = 1e-3; // of light that a pixel mirrors

vec3 normal_at(ivec2 texel);
#define MARCH_FACES(texel, r) smoothstep(-0.05, 0.1, -dot(normal_at(texel), r))
#define MARCH_EDGE vec2(0.08)
#define MARCH_BEYOND 0.0
#include "common/reflections/march.glsl"

vec3 normal_at(ivec2 texel) {
    vec2 square = texelFetch(lobe_normal_map, texel, 0).rg;
    return mat3(view_from_world) * direction_from_octahedron(square * 0.5 + 0.5);
}

void main() {
    reflected = vec4(0.0);
    ivec2 size = ivec2(viewport.xy), here = clamp(ivec2(v_uv * viewport.xy), ivec2(0), size - 1);
    vec4 lobe = texelFetch(lobe_map, here, 0);
    float depth = texelFetch(march_depth, here, 0).r;
    if (depth <= 0.0 || max3(lobe.rgb) < LEAST_WEIGHT || lobe_share(lobe.a) <= 0.0) return;
    reflected = march(view_from_depth((vec2(here) + 0.5) * viewport.zw, depth), normal_at(here), lobe.a, asked);
}
