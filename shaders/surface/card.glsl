// Impostors: cards that turn to the eye and show the nearest three of many pictures of a thing, taken from directions that lie
// on a grid over the upper half of an octahedron. After Brucks, "Octahedral Impostors", 2018. `taixu.render.impostors` takes the
// pictures: colour with opacity, and normal with depth, in the thing's own frame.
#include "common/dither.glsl"
#define PLACES_VERTICES

#ifdef STAGE_VERTEX
#include "common/fading.glsl"
layout(location = 8) out vec4 v_tile_ab;       // where the card's point lies in the first two pictures, -1 to 1
layout(location = 9) out vec2 v_tile_c;
layout(location = 10) flat out vec4 v_corner_ab; // which pictures: lower left corners in the atlas
layout(location = 11) flat out vec4 v_corner_c;  // the third's; how wide a picture is; what of the thing its mesh still shows
layout(location = 13) flat out vec4 v_weights;   // of the pictures; radius in metres
layout(location = 14) flat out mat2x3 v_frame;   // what of the thing's frame cannot be told from the rest: x and z in the world

// Where a thing is smaller than this, one picture is as good as three.
const float SMALL_PX = 22.0;

vec3 picture_direction(vec2 at, float most) {
    vec2 p = at / most * 2.0 - 1.0;
    vec2 xz = vec2(p.x - p.y, p.x + p.y) * 0.5;
    return normalize(vec3(xz.x, max(1.0 - abs(xz.x) - abs(xz.y), 0.0), xz.y));
}

// Right and up of who looks along -d.
mat2x3 picture_axes(vec3 d) {
    vec3 right = abs(d.y) > 0.9999 ? vec3(1.0, 0.0, 0.0) : normalize(vec3(d.z, 0.0, -d.x));
    return mat2x3(right, cross(d, right));
}

// Where the sight line through a point of the card meets the plane of a picture.
vec2 point_in_picture(vec3 point, vec3 d, vec3 seen_from) {
    mat2x3 axes = picture_axes(seen_from);
    vec3 met = point - d * (dot(point, seen_from) / max(dot(d, seen_from), 0.2));
    return vec2(dot(met, axes[0]), dot(met, axes[1]));
}

void surface_vertex(uint material, inout vec2 uv0, inout vec2 uv1) { put_textures(material, uv0, uv1); }

vec3 placed_vertex(RenderableRow object, vec3 position, vec2 corner, vec2 turn_scale, out vec3 middle) {
    Card card = parameters(object.material);
    float depth_sign = corner.x * corner.y > 0.0 ? 1.0 : -1.0;
    middle = position - vec3(corner, depth_sign) * (card.sphere.w * turn_scale.y);
    vec4 sphere = world_sphere(object.transform, vec4(middle, card.sphere.w * turn_scale.y));
    // The thing's frame in the world: its object's, turned about the vertical.
    float c = cos(turn_scale.x), s = sin(turn_scale.x);
    vec3 x = normalize(world_direction(object.transform, vec3(c, 0.0, -s)) + vec3(1e-20, 0.0, 0.0));
    vec3 z = normalize(world_direction(object.transform, vec3(s, 0.0, c)) + vec3(0.0, 0.0, 1e-20));
    vec3 y = cross(z, x);
    vec3 to_eye = camera_position.w > 0.5 ? normalize(camera_position.xyz - sphere.xyz) : world_from_view[2].xyz;
    vec3 d = vec3(dot(to_eye, x), dot(to_eye, y), dot(to_eye, z));
    // Three pictures about the direction; from below, those from the horizon.
    float most = float(card.frames) - 1.0;
    vec3 above = normalize(vec3(d.x, max(d.y, 0.0), d.z) + vec3(0.0, 1e-6, 0.0));
    vec2 p = above.xz / (abs(above.x) + above.y + abs(above.z));
    vec2 at = (vec2(p.x + p.y, p.y - p.x) * 0.5 + 0.5) * most;
    vec2 cell = min(floor(at), vec2(most - 1.0)), f = at - cell;
    vec2 b = f.x > f.y ? vec2(1.0, 0.0) : vec2(0.0, 1.0);
    v_weights = vec4(1.0 - max(f.x, f.y), abs(f.x - f.y), min(f.x, f.y), sphere.w);
    if (width_px(sphere) < SMALL_PX) v_weights.xyz = step(vec3(max(max(v_weights.x, v_weights.y), v_weights.z)), v_weights.xyz);
    // As wide and as high as a cylinder looks from there.
    float lifts = length(d.xz);
    vec2 half_size = vec2(card.reach.x, card.reach.y * lifts + card.reach.x * abs(d.y)) / card.sphere.w;
    corner *= min(half_size, vec2(1.0));
    mat2x3 axes = picture_axes(above);
    vec3 point = axes[0] * corner.x + axes[1] * corner.y;
    v_tile_ab = vec4(point_in_picture(point, above, picture_direction(cell, most)),
                     point_in_picture(point, above, picture_direction(cell + b, most)));
    v_tile_c = point_in_picture(point, above, picture_direction(cell + 1.0, most));
#ifdef CASTER
    // Shadows show the picture that was taken from nearest to the light alone, which costs a third.
    vec2 nearest = cell;
    if (v_weights.y > max(v_weights.x, v_weights.z)) {
        nearest = cell + b;
        v_tile_ab.xy = v_tile_ab.zw;
    } else if (v_weights.z > v_weights.x) {
        nearest = cell + 1.0;
        v_tile_ab.xy = v_tile_c;
    }
#endif
    // Atlases of walkers are squares of squares, one for each moment of a stride.
    float wide = 1.0 / float(card.frames * card.blocks);
    uint block = min(object.stride, card.blocks * card.blocks - 1u);
    cell += vec2(block % card.blocks, block / card.blocks) * float(card.frames);
#ifdef CASTER
    nearest += vec2(block % card.blocks, block / card.blocks) * float(card.frames);
    v_corner_ab = vec4(nearest, 0.0, 0.0) * wide;
#else
    v_corner_ab = vec4(cell, cell + b) * wide;
#endif
    v_corner_c = vec4((cell + 1.0) * wide, wide, viewport.y > 0.0 ? share_that_stays(sphere, card.fade_px) : 0.0);
    v_frame = mat2x3(x, z);
    // The card itself stands upright as the thing does, and across the line of sight.
    mat2x3 own = picture_axes(d);
    point = own[0] * corner.x + own[1] * corner.y;
    return (x * point.x + y * point.y + z * point.z) * sphere.w;
}
#else
layout(location = 8) in vec4 v_tile_ab;
layout(location = 9) in vec2 v_tile_c;
layout(location = 10) flat in vec4 v_corner_ab;
layout(location = 11) flat in vec4 v_corner_c;
layout(location = 13) flat in vec4 v_weights;
layout(location = 14) flat in mat2x3 v_frame;

// What of a picture counts at a point: its weight, nothing beyond its edges.
float weight_in(vec2 tile, float weight) { return all(lessThan(abs(tile), vec2(1.0))) ? weight : 0.0; }
vec2 in_atlas(vec2 tile, vec2 corner) { return corner + (tile * 0.5 + 0.5) * v_corner_c.z; }

#ifdef CASTER
vec4 mixed_color(out vec3 weights) {
    vec4 a = sample_base_color_at(in_atlas(v_tile_ab.xy, v_corner_ab.xy));
    weights = vec3(1.0, 0.0, 0.0);
    return vec4(a.rgb, weight_in(v_tile_ab.xy, a.a));
}

vec4 mixed_shape(vec3 weights) { return sample_card_shape_at(in_atlas(v_tile_ab.xy, v_corner_ab.xy)); }
#else
vec4 mixed_color(out vec3 weights) {
    vec4 a = vec4(0.0), b = vec4(0.0), c = vec4(0.0);
    // Weights are those of the whole card, so that mip maps are chosen well in these branches.
    if (v_weights.x > 0.0) a = sample_base_color_at(in_atlas(v_tile_ab.xy, v_corner_ab.xy));
    if (v_weights.y > 0.0) b = sample_base_color_at(in_atlas(v_tile_ab.zw, v_corner_ab.zw));
    if (v_weights.z > 0.0) c = sample_base_color_at(in_atlas(v_tile_c, v_corner_c.xy));
    weights = vec3(weight_in(v_tile_ab.xy, v_weights.x) * a.a, weight_in(v_tile_ab.zw, v_weights.y) * b.a,
                   weight_in(v_tile_c, v_weights.z) * c.a);
    float sum = weights.x + weights.y + weights.z;
    weights /= max(sum, 1e-4);
    return vec4(a.rgb * weights.x + b.rgb * weights.y + c.rgb * weights.z, sum);
}

vec4 mixed_shape(vec3 weights) {
    vec4 sum = vec4(0.0);
    if (v_weights.x > 0.0) sum += sample_card_shape_at(in_atlas(v_tile_ab.xy, v_corner_ab.xy)) * weights.x;
    if (v_weights.y > 0.0) sum += sample_card_shape_at(in_atlas(v_tile_ab.zw, v_corner_ab.zw)) * weights.y;
    if (v_weights.z > 0.0) sum += sample_card_shape_at(in_atlas(v_tile_c, v_corner_c.xy)) * weights.z;
    return sum;
}
#endif

vec3 placed_fragment(Fragment f) {
    vec3 weights;
    mixed_color(weights);
    float depth = mixed_shape(weights).a * 2.0 - 1.0;
#ifdef CASTER
    depth -= 0.05; // what is lit must not stand in its own shadow, which is known roughly
#endif
    return f.position + f.view * (depth * v_weights.w);
}

void surface(in Fragment f, inout SurfaceInputs s) {
#ifdef HAS_BASE_COLOR
    vec3 weights;
    vec4 color = mixed_color(weights);
    s.base_color = color.rgb * f.color.rgb;
    // Dots that the mesh keeps are not the card's.
    s.opacity = dither(gl_FragCoord.xy) < v_corner_c.w ? 0.0 : color.a;
#ifndef UNLIT
    StandardMaterial m = material_row(f.material);
    s.roughness = m.roughness;
    s.metallic = m.metallic;
    vec3 n = mixed_shape(weights).xyz * 2.0 - 1.0;
    vec3 x = v_frame[0], z = v_frame[1];
    n = x * n.x + cross(z, x) * n.y + z * n.z;
    s.normal = normalize(n + f.view * 1e-4);
#endif
#else
    s.opacity = 0.0; // no pictures are taken yet
#endif
}
#endif
