// How things give way to their impostors: by how many pixels wide they are. In shadow maps, which have no pixels of a picture,
// meshes stay and impostors are there: together they cast one shadow.
#include "generated/materials.glsl"
#include "common/object.glsl"

// Middle and radius of a sphere in the world.
vec4 world_sphere(uint t, vec4 sphere) {
    mat3x4 rows = rows_of(t);
    vec3 x = vec3(rows[0].x, rows[1].x, rows[2].x), y = vec3(rows[0].y, rows[1].y, rows[2].y), z = vec3(rows[0].z, rows[1].z, rows[2].z);
    return vec4(world_from_local(t, rows, sphere.xyz), sphere.w * sqrt(max(dot(x, x), max(dot(y, y), dot(z, z)))));
}

// Width on the screen, as `taixu.scene.levels` has it.
float width_px(vec4 sphere) {
    float per_metre = 0.5 * viewport.y * clip_from_view[1][1];
    if (camera_position.w > 0.5) per_metre /= max(distance(sphere.xyz, camera_position.xyz) - sphere.w, 0.5);
    return 2.0 * sphere.w * per_metre;
}

// 1 where only the mesh is seen, 0 where only its impostor is. `edges`: widths of both.
float share_that_stays(vec4 sphere, vec2 edges) {
    if (viewport.y <= 0.0) return 1.0;
    return clamp((width_px(sphere) - edges.y) / max(edges.x - edges.y, 1e-3), 0.0, 1.0);
}
