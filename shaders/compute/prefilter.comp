// One tile of an environment's atlas, unfolded from an equirectangular picture: the sky itself, or the sky as a lobe
// sees it. Smooth pictures are read by cubics, which keep the peaks that suns make in them.
#include "common/equirect.glsl"
#include "common/octahedron.glsl"

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) uniform sampler2D picture;
layout(rgba16f, binding = 0) uniform writeonly image2D atlas;
layout(std140, binding = 0) uniform Tile {
    ivec4 place; // x, y of the border, inner size, samples along an edge (0: one, by cubics)
};

// Over a pole the rows go on at the opposite longitude.
vec3 texel_at(ivec2 at, ivec2 size) {
    if (at.y < 0 || at.y >= size.y) at = ivec2(at.x + size.x / 2, at.y < 0 ? -1 - at.y : 2 * size.y - 1 - at.y);
    return texelFetch(picture, ivec2(((at.x % size.x) + size.x) % size.x, at.y), 0).rgb;
}

// Catmull and Rom's spline.
vec4 cubic_weights(float t) {
    vec4 powers = vec4(1.0, t, t * t, t * t * t);
    return 0.5 * vec4(dot(powers, vec4(0.0, -1.0, 2.0, -1.0)), dot(powers, vec4(2.0, 0.0, -5.0, 3.0)),
        dot(powers, vec4(0.0, 1.0, 4.0, -3.0)), dot(powers, vec4(0.0, 0.0, -1.0, 1.0)));
}

vec3 cubic_at(vec2 uv) {
    ivec2 size = textureSize(picture, 0);
    vec2 at = uv * vec2(size) - 0.5;
    ivec2 base = ivec2(floor(at));
    vec4 across = cubic_weights(at.x - float(base.x)), down = cubic_weights(at.y - float(base.y));
    vec3 sum = vec3(0.0);
    for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 4; ++x) sum += across[x] * down[y] * texel_at(base + ivec2(x - 1, y - 1), size);
    return max(sum, vec3(0.0));
}

void main() {
    ivec2 texel = ivec2(gl_GlobalInvocationID.xy);
    if (any(greaterThanEqual(texel, ivec2(place.z + 2)))) return;
    vec3 sum = vec3(0.0);
    if (place.w == 0) {
        sum = cubic_at(equirect_from_direction(direction_from_octahedron((vec2(texel) - 0.5) / float(place.z))));
    } else {
        for (int y = 0; y < place.w; ++y) {
            for (int x = 0; x < place.w; ++x) {
                vec2 at = vec2(texel) - 1.0 + (vec2(x, y) + 0.5) / float(place.w);
                sum += textureLod(picture, equirect_from_direction(direction_from_octahedron(at / float(place.z))), 0.0).rgb;
            }
        }
        sum /= float(place.w * place.w);
    }
    imageStore(atlas, ivec2(place.xy) + texel, vec4(min(sum, vec3(6.0e4)), 1.0));
}
