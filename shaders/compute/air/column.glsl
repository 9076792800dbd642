// A thread for each column of the view's grid of air (`common/air/volume.glsl`), which it fills from the eye outwards.
#include "generated/view.glsl"
#include "generated/air.glsl"
layout(local_size_x = 8, local_size_y = 8) in;
layout(rgba16f, binding = 0) uniform writeonly image3D filled;

// Where on the picture this column is seen, 0 to 1; false beyond it.
bool column_here(out ivec2 column, out vec2 screen) {
    column = ivec2(gl_GlobalInvocationID.xy);
    ivec2 size = imageSize(filled).xy;
    screen = (vec2(column) + 0.5) / vec2(size);
    return all(lessThan(column, size));
}

// The way the eye looks there.
vec3 direction_at(vec2 screen) {
    return normalize(mat3(world_from_view) * vec3((screen * 2.0 - 1.0) * vec2(depth_range.z * depth_range.w, depth_range.z), -1.0));
}

// Where slice `i` of so many begins, as a share of all.
float square_at(int i, int count) { return float(i * i) / float(count * count); }
