// Paths start at the eye, through a point of their pixel that is spread as a tent of radius 1 about its middle.
#include "path_tracing/state.glsl"

layout(local_size_x = 64) in;

vec2 tent(vec2 u) { return mix(1.0 - sqrt(2.0 - 2.0 * u), sqrt(2.0 * u) - 1.0, lessThan(u, vec2(0.5))); }

const uint LENS_CHOICE = 0xffff0000u; // none that a path makes later

// A point of an opening with so many corners (below 3: a disc) of radius 1.
vec2 on_aperture(vec2 u, float blades) {
    float angle = 6.2831853 * u.y, edge = 1.0;
    if (blades > 2.5) {
        float corner = 6.2831853 / blades;
        edge = cos(0.5 * corner) / cos(mod(angle, corner) - 0.5 * corner);
    }
    return sqrt(u.x) * edge * vec2(sin(angle), cos(angle));
}

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
    if (path.lens.y > 0.0) {
        // Through another point of the lens to the same point of what is sharp.
        vec3 back = normalize(path.backwards.xyz);
        vec3 met = s.origin + s.direction * (path.lens.x / max(-dot(s.direction, back), 1e-4));
        vec3 right = path.right.xyz, up = cross(back, right);
        vec2 at_lens = path.lens.y * on_aperture(chance(pixel_number(number), LENS_CHOICE), path.lens.z);
        s.origin += at_lens.x * right + at_lens.y * up;
        s.direction = normalize(met - s.origin);
    }
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
