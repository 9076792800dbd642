// What arrived of the light that was asked for goes to its path: by path, so that the order is always the same.
#include "path_tracing/state.glsl"

layout(local_size_x = 64) in;

void main() {
    uint number = gl_GlobalInvocationID.x;
    if (number >= path.tile.z * path.tile.w) return;
    vec3 light = vec3(0.0);
    for (uint i = 2u * number; i < 2u * number + 2u; ++i) {
        if (lamp_rays[i].arrives != 0u) light += lamp_rays[i].light;
        lamp_rays[i].arrives = 0u;
        lamp_rays[i].most = -1.0;
    }
    paths[number].radiance.rgb += light;
}
