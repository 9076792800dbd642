// One renderable an invocation: is its sphere in the frustum, and does the view want it? Then it joins its command's
// stretch of the visible list. Mirrored objects go to the twin command, whose pipeline culls front faces.
// In two phases (`taixu.render.culling_hidden`): FIRST takes what was seen in the last frame, LATER adds what the depth of that
// does not hide, and remembers for the next frame who is seen.
#include "common/object.glsl"
#include "generated/meshes.glsl"
#include "generated/deformed.glsl"
layout(local_size_x = 64) in;
layout(std140, binding = 2) uniform Params { uint renderable_count; uint needed_flags; };
layout(std430, binding = 11) buffer Commands { uint commands[]; };       // five words each, the second counts instances
layout(std430, binding = 12) writeonly buffer Visible { uint visible[]; };
layout(std430, binding = 13) readonly buffer Places { uvec2 places[]; };  // by logical command: physical ones

#if defined(FIRST) || defined(LATER)
layout(std430, binding = 10) buffer Remembered { uint remembered[]; }; // by renderable
const uint OUTSIDE = 0u, HIDDEN = 1u, SEEN = 2u;
#endif
#ifdef LATER
#include "common/depth_pyramid.glsl"
#endif

// Whether the view wants a renderable and its sphere (`bounds`: centre and radius) is in the frustum.
bool is_in_frustum(RenderableRow object, out bool is_mirrored, out vec4 bounds) {
    if (object.command == 0xFFFFFFFFu || (object.flags & needed_flags) != needed_flags
        || (object.layers & layer_mask) == 0u) return false;
    vec4 r0 = transform_row(3u * object.transform), r1 = transform_row(3u * object.transform + 1u),
         r2 = transform_row(3u * object.transform + 2u);
    vec3 x = vec3(r0.x, r1.x, r2.x), y = vec3(r0.y, r1.y, r2.y), z = vec3(r0.z, r1.z, r2.z);
    // The Frobenius norm bounds every stretch, sheared ones too; for a uniform scale the largest axis is exact.
    float largest = max(dot(x, x), max(dot(y, y), dot(z, z)));
    float shear = abs(dot(x, y)) + abs(dot(y, z)) + abs(dot(z, x));
    float stretch = sqrt(shear > 1e-3 * largest ? dot(x, x) + dot(y, y) + dot(z, z) : largest * 1.002);
    vec3 center = cell_offset(object.transform);
    float radius;
    if (object.deformed != 0xFFFFFFFFu) {
        vec4 sphere = deformed_rows[object.deformed].sphere;
        if (deformed_rows[object.deformed].first == 0xFFFFFFFFu) return false;  // the CPU found it out of sight
        center += sphere.xyz;
        radius = sphere.w;
    } else {
        vec4 sphere = mesh_row(object.mesh).sphere, local = vec4(sphere.xyz, 1.0);
        center += vec3(dot(r0, local), dot(r1, local), dot(r2, local));
        radius = sphere.w * stretch;
    }
    for (int i = 0; i < 6; i++)
        if (dot(frustum_planes[i].xyz, center) + frustum_planes[i].w < -radius) return false;
    is_mirrored = dot(cross(x, y), z) < 0.0;
    bounds = vec4(center, radius);
    return true;
}

void main() {
    uint slot = gl_GlobalInvocationID.x;
    if (slot >= renderable_count) return;
    RenderableRow object = renderable_row(slot);
    bool is_mirrored;
    vec4 bounds;
    bool is_inside = is_in_frustum(object, is_mirrored, bounds);
#ifdef FIRST
    if (remembered[slot] != SEEN) return;
#endif
#ifdef LATER
    bool was_drawn = remembered[slot] == SEEN, is_behind = is_inside && is_hidden(bounds.xyz, bounds.w);
    remembered[slot] = !is_inside ? OUTSIDE : is_behind ? HIDDEN : SEEN;
    if (was_drawn || is_behind) return;
#endif
    if (!is_inside) return;
    uvec2 place = places[object.command];
    uint command = is_mirrored ? place.y : place.x;
    uint nth = atomicAdd(commands[command * 5u + 1u], 1u);
    visible[commands[command * 5u + 4u] + nth] = slot;
}
