// A path's light goes to its pixel: in two halves, by even and odd samples, from which noise is known.
#include "path_tracing/state.glsl"

layout(local_size_x = 64) in;

void main() {
    uint number = gl_GlobalInvocationID.x;
    if (number >= path.tile.z * path.tile.w) return;
    vec4 light = paths[number].radiance;
    // A number that is none would stay in the picture for good.
    if (any(isnan(light)) || any(isinf(light))) light = vec4(0.0, 0.0, 0.0, light.a > 0.5 ? 1.0 : 0.0);
    sums[4u * number + (path.sample_index & 1u)] += light * vec4(vec3(path.exposure), 1.0);
    sums[4u * number + 2u] += paths[number].albedo;
    sums[4u * number + 3u] += paths[number].normal;
}
