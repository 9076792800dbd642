// Light that was asked of a lamp or of the sky, where nothing stands before it.
#include "path_tracing/state.glsl"
#include "path_tracing/rays.glsl"

layout(local_size_x = 64) in;

void main() {
    uint number = gl_GlobalInvocationID.x;
    bool is_asked = number < 2u * path.tile.z * path.tile.w && lamp_rays[number].most > 0.0;
    for (; is_asked; is_asked = false) { // a loop, for software goes through what an `if` skips
        LampRay ray = lamp_rays[number];
#ifdef SEES_THROUGH // some surfaces have holes, or are thin: the nearest is asked what it leaves
        Meeting met = meet(ray.origin, ray.direction, ray.most, false);
        bool is_free = met.t < 0.0;
        if (!is_free && (things[met.thing].flags & THING_SEEN_THROUGH) != 0u) {
            lamp_rays[number].at = met.t;
            lamp_rays[number].met = met.thing + 1u;
            lamp_rays[number].where = met.where;
            lamp_rays[number].triangle = met.triangle;
            lamp_rays[number].key = things[met.thing].key;
            atomicAdd(paths_going, 1u);
            continue;
        }
#else
        bool is_free = meet(ray.origin, ray.direction, ray.most, true).t < 0.0;
#endif
        lamp_rays[number].arrives = is_free ? 1u : 0u;
        lamp_rays[number].most = -1.0;
    }
}
