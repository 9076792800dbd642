// Where paths go: to the nearest triangle, or to the sky, which ends them.
#include "path_tracing/state.glsl"
#include "path_tracing/rays.glsl"
#include "path_tracing/sky_light.glsl"

layout(local_size_x = 64) in;

// The sky as the eye sees it has a sun's disk where that is procedural; as a lamp the sun stands among the lamps.
vec3 sky_seen(vec3 d) {
    float rim = (1.0 - path.sun.w) * 0.15;
    return path.sun_color.rgb * smoothstep(path.sun.w - rim, path.sun.w + rim, dot(d, path.sun.xyz)) * path.sky_turn.z;
}

void main() {
    uint number = gl_GlobalInvocationID.x;
    bool goes = number < path.tile.z * path.tile.w && (paths[number].flags & PATH_ALIVE) != 0u;
    for (; goes; goes = false) { // a loop, for software goes through what an `if` skips
        vec3 o = paths[number].origin, d = paths[number].direction;
        Meeting met = meet(o, d, 3.0e38, false);
        uint flags = paths[number].flags;
        if (met.t >= 0.0) {
            paths[number].at = met.t;
            paths[number].met = met.thing + 1u;
            paths[number].where = met.where;
            paths[number].triangle = met.triangle;
            paths[number].key = things[met.thing].key;
            atomicAdd(paths_going, 1u);
        } else {
            vec3 light = sky_radiance(d);
            bool is_seen = (flags & PATH_SEEN) != 0u;
            if (is_seen) light += sky_seen(d);
            float density = paths[number].density;
            if (density > 0.0) light *= density / (density + sky_density(d));
            light *= paths[number].throughput;
            if (is_seen) light *= path.sky_turn.w; // not where something else lies behind everything
            else if ((flags >> PATH_BOUNCES_AT & 0xFFu) > 1u) light *= min(1.0, path.brightest / max(max3(light), 1e-20));
            paths[number].radiance += vec4(light, is_seen && path.sky_turn.w > 0.5 ? 1.0 : 0.0);
            paths[number].met = 0u;
            paths[number].flags = flags & ~PATH_ALIVE;
        }
    }
}
