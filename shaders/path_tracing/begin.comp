// Paths start at the eye, through a point of their pixel that is spread as a tent of radius 1 about its middle.
#include "path_tracing/state.glsl"

layout(local_size_x = 64) in;

vec2 tent(vec2 u) { return mix(1.0 - sqrt(2.0 - 2.0 * u), sqrt(2.0 * u) - 1.0, lessThan(u, vec2(0.5))); }

void main() {
    uint number = gl_GlobalInvocationID.x;
    if (number >= path.tile.z * path.tile.w) return;
    vec2 at = (vec2(pixel_of(number)) + 0.5 + tent(chance(pixel_number(number), 0u))) * path.picture.zw;
    vec2 ndc = vec2(2.0 * at.x - 1.0, 1.0 - 2.0 * at.y);
    vec4 near = path.world_from_clip * vec4(ndc, 1.0, 1.0);
    vec3 start = near.xyz / near.w;
    PathState s;
    s.origin = path.eye.w > 0.5 ? path.eye.xyz : start;
    s.density = 0.0;
    s.direction = path.eye.w > 0.5 ? normalize(start - path.eye.xyz) : -path.backwards.xyz;
    s.flags = PATH_ALIVE | PATH_SEEN;
    s.throughput = vec3(1.0);
    s.at = 0.0;
    s.radiance = vec4(0.0);
    s.absorption = vec3(0.0);
    s.met = 0u;
    s.where = vec2(0.0);
    s.triangle = 0u;
    s.key = 0u;
    s.albedo = vec4(0.0);
    s.normal = vec4(0.0);
    paths[number] = s;
}
