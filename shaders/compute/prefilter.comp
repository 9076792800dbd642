// One tile of an environment's atlas: the sky as a mirror of a given roughness sees it, n = v = r.
// Importance sampling with lookups in a mip map chosen by the share of the sphere that a sample stands for:
// Krivanek and Colbert, "Real-time Shading with Filtered Importance Sampling", 2008.
#include "common/math.glsl"
#include "common/sampling.glsl"
#include "common/equirect.glsl"
#include "common/octahedron.glsl"
#include "common/brdf.glsl"

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) uniform sampler2D sky;
layout(rgba16f, binding = 0) uniform writeonly image2D atlas;
layout(std140, binding = 0) uniform Tile {
    ivec4 place;  // x, y of the border, inner size, samples
    vec4 lobe;    // alpha, sky height in texels, -, -
};

vec3 sky_radiance(vec3 d, float level) { return textureLod(sky, equirect_from_direction(d), level).rgb; }

void main() {
    ivec2 texel = ivec2(gl_GlobalInvocationID.xy);
    if (any(greaterThanEqual(texel, ivec2(place.z + 2)))) return;
    vec3 n = direction_from_octahedron((vec2(texel) - 0.5) / float(place.z));
    // A sky texel's size at the equator; towards the poles texels are smaller and the level a little too coarse.
    float texel_angle = PI / lobe.y;
    vec3 sum = vec3(0.0);
    if (place.w <= 1) {
        float tile_angle = PI * 0.5 / float(place.z) * 2.0;
        sum = sky_radiance(n, max(0.0, log2(tile_angle / texel_angle) - 0.5));
    } else {
        vec3 t, b;
        orthonormal_basis(n, t, b);
        float weight = 0.0;
        uint count = uint(place.w);
        for (uint i = 0u; i < count; ++i) {
            vec2 u = hammersley(i, count);
            u.x += 0.5 / float(count);
            u.y += 0.5 / float(count);
            vec3 h = sample_ggx(u, lobe.x);
            vec3 l = 2.0 * h.z * h - vec3(0.0, 0.0, 1.0);
            if (l.z <= 0.0) continue;
            float pdf = ggx_distribution(h.z, lobe.x) * 0.25;
            float sample_angle = inversesqrt(float(count) * pdf);
            sum += l.z * sky_radiance(l.x * t + l.y * b + l.z * n, max(0.0, log2(sample_angle / texel_angle) + 0.5));
            weight += l.z;
        }
        sum /= weight;
    }
    imageStore(atlas, ivec2(place.xy) + texel, vec4(min(sum, vec3(6.0e4)), 1.0));
}
