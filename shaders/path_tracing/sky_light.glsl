// The sky as a lamp: its radiance, directions by how bright it is there, and how densely those lie.
#include "common/equirect.glsl"

layout(binding = PATH_SKY_UNIT) uniform sampler2D sky_map;

vec3 sky_from_world(vec3 d) {
    vec2 cs = path.sky_turn.xy;
    return vec3(cs.x * d.x - cs.y * d.z, d.y, cs.y * d.x + cs.x * d.z);
}

vec3 world_from_sky(vec3 d) {
    vec2 cs = path.sky_turn.xy;
    return vec3(cs.x * d.x + cs.y * d.z, d.y, -cs.y * d.x + cs.x * d.z);
}

// Around the seam texels are blended by the sampler, which repeats.
vec3 sky_radiance(vec3 d) {
    return textureLod(sky_map, equirect_from_direction(sky_from_world(d)), 0.0).rgb * path.sky_turn.z;
}

// `sky_shares` holds, cumulatively, what rows have of the whole light, and then what cells have of their row's.
uint sky_step(uint first, uint count, float u) {
    uint low = 0u, high = count;
    while (high - low > 1u) {
        uint middle = (low + high) / 2u;
        if (sky_shares[first + middle] <= u) low = middle;
        else high = middle;
    }
    return low;
}

float sky_density_at(uint x, uint y, float sine) {
    uint row = path.sky_size.y + 1u + y * (path.sky_size.x + 1u) + x;
    float share = (sky_shares[y + 1u] - sky_shares[y]) * (sky_shares[row + 1u] - sky_shares[row]);
    return share * float(path.sky_size.x * path.sky_size.y) / (2.0 * PI * PI * max(sine, 1e-5));
}

// By solid angle.
float sky_density(vec3 d) {
    vec2 uv = equirect_from_direction(sky_from_world(d));
    uvec2 cell = min(uvec2(uv * vec2(path.sky_size)), path.sky_size - 1u);
    return sky_density_at(cell.x, cell.y, sin(PI * uv.y));
}

vec3 sky_direction(vec2 u, out float density) {
    uint y = sky_step(0u, path.sky_size.y, u.y);
    uint row = path.sky_size.y + 1u + y * (path.sky_size.x + 1u);
    uint x = sky_step(row, path.sky_size.x, u.x);
    float low_y = sky_shares[y], low_x = sky_shares[row + x];
    vec2 within = (u - vec2(low_x, low_y)) / max(vec2(sky_shares[row + x + 1u] - low_x, sky_shares[y + 1u] - low_y), 1e-20);
    vec2 uv = (vec2(x, y) + clamp(within, 0.0, 0.9999)) / vec2(path.sky_size);
    float polar = PI * uv.y, around = 2.0 * PI * (uv.x - 0.5);
    density = sky_density_at(x, y, sin(polar));
    return world_from_sky(vec3(sin(polar) * cos(around), cos(polar), sin(polar) * sin(around)));
}
