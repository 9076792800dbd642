// Six vertices for each splat, in the order of the list: a quad along the axes of the ellipse that it is seen as.
#include "generated/view.glsl"
#include "generated/splats.glsl"
#include "common/color.glsl"
layout(std430, binding = SPLAT_ROWS) readonly buffer Rows { uint rows[]; };
layout(std430, binding = SPLAT_ORDER) readonly buffer Order { uvec2 order[]; };
layout(std430, binding = SPLAT_PLACES) readonly buffer Places { vec4 places[]; };
out vec2 v_at; // in standard deviations
flat out vec4 v_color; // sRGB, and opacity
#ifdef ID
flat out uint v_entity;
#else
flat out float v_away; // metres
#endif

float word(uint at) {
    return uintBitsToFloat(rows[at]);
}

// The harmonic of that number (from 1 on).
vec3 harmonic(uint first, uint number) {
    uint half_at = 3u * (number - 1u), at = first + 11u + half_at / 2u;
    vec2 a = unpackHalf2x16(rows[at]), b = unpackHalf2x16(rows[at + 1u]);
    return (half_at & 1u) == 0u ? vec3(a, b.x) : vec3(a.y, b);
}

// Real spherical harmonics towards `d`, in the order and with the signs of Kerbl et al.
vec3 color_towards(uint first, uint degree, vec3 d) {
    vec3 c = 0.28209479 * vec3(unpackHalf2x16(rows[first + 9u]), unpackHalf2x16(rows[first + 10u]).x);
    if (degree == 0u) return c + 0.5;
    float x = d.x, y = d.y, z = d.z, xx = x * x, yy = y * y, zz = z * z;
    c += 0.48860251 * (z * harmonic(first, 2u) - y * harmonic(first, 1u) - x * harmonic(first, 3u));
    if (degree > 1u) {
        c += 1.09254843 * (x * y * harmonic(first, 4u) - y * z * harmonic(first, 5u) - x * z * harmonic(first, 7u));
        c += 0.31539157 * (2.0 * zz - xx - yy) * harmonic(first, 6u) + 0.54627422 * (xx - yy) * harmonic(first, 8u);
    }
    if (degree > 2u) {
        c += 0.59004359 * (-y * (3.0 * xx - yy) * harmonic(first, 9u) - x * (xx - 3.0 * yy) * harmonic(first, 15u));
        c += 2.89061144 * x * y * z * harmonic(first, 10u) + 1.44530572 * z * (xx - yy) * harmonic(first, 14u);
        c += 0.45704580 * (4.0 * zz - xx - yy) * (-y * harmonic(first, 11u) - x * harmonic(first, 13u));
        c += 0.37317633 * z * (2.0 * zz - 3.0 * xx - 3.0 * yy) * harmonic(first, 12u);
    }
    return c + 0.5;
}

void main() {
    uint corner = uint(gl_VertexID) % 6u;
    uvec2 one = order[uint(gl_VertexID) / 6u];
    uint first = one.x, place = 6u * one.y;
    gl_Position = vec4(0.0, 0.0, -1.0, 1.0);
    v_at = vec2(0.0);
    v_color = vec4(0.0);
#ifdef ID
    v_entity = floatBitsToUint(places[place + 5u].x);
#else
    v_away = 0.0;
#endif
    mat4 world_from_cloud = mat4(places[place], places[place + 1u], places[place + 2u], places[place + 3u]);
    vec4 look = places[place + 4u]; // opacity, brightness, degree, whether colours are linear
    vec3 center = vec3(word(first), word(first + 1u), word(first + 2u));
    vec4 world = world_from_cloud * vec4(center, 1.0);
    vec3 t = (view_from_world * world).xyz;
    vec4 clip = clip_from_world * world;
    float opacity = min(unpackHalf2x16(rows[first + 10u]).y * look.x, 0.999);
    bool perspective = camera_position.w > 0.5;
    if (opacity < 1.0 / 255.0 || (perspective && t.z > -0.05)) return;
    float xx = word(first + 3u), xy = word(first + 4u), xz = word(first + 5u), yy = word(first + 6u), yz = word(first + 7u);
    mat3 covariance = mat3(xx, xy, xz, xy, yy, yz, xz, yz, word(first + 8u));
    mat3 turned = mat3(view_from_world) * mat3(world_from_cloud);
    covariance = turned * covariance * transpose(turned);
    // The projection's derivative at the middle, in pixels; far beside the picture it is taken at its rim.
    vec2 focal = 0.5 * viewport.xy * vec2(clip_from_view[0][0], clip_from_view[1][1]);
    vec3 row_x = vec3(focal.x, 0.0, 0.0), row_y = vec3(0.0, focal.y, 0.0);
    if (perspective) {
        vec2 rim = 1.3 * 0.5 * viewport.xy / focal, slope = clamp(t.xy / -t.z, -rim, rim);
        row_x = vec3(focal.x, 0.0, focal.x * slope.x) / -t.z;
        row_y = vec3(0.0, focal.y, focal.y * slope.y) / -t.z;
    }
    vec3 to_x = covariance * row_x, to_y = covariance * row_y;
    // No smaller than a pixel's own blur.
    float a = dot(row_x, to_x) + 0.3, b = dot(row_x, to_y), c = dot(row_y, to_y) + 0.3;
    float middle = 0.5 * (a + c), apart = sqrt(max(0.25 * (a - c) * (a - c) + b * b, 0.0));
    float long_squared = middle + apart, short_squared = max(middle - apart, 0.1);
    vec2 along = abs(b) > 1e-6 ? normalize(vec2(b, long_squared - a)) : (a >= c ? vec2(1.0, 0.0) : vec2(0.0, 1.0));
    float reach = sqrt(2.0 * log(255.0 * opacity)); // where it is fainter than one step of a picture
    float most = 2.0 * max(viewport.x, viewport.y);
    vec2 side = vec2(corner == 1u || corner == 2u || corner == 4u ? 1.0 : -1.0, corner >= 2u && corner != 3u ? 1.0 : -1.0);
    vec2 long_axis = along * min(sqrt(long_squared), most), short_axis = vec2(-along.y, along.x) * min(sqrt(short_squared), most);
    vec2 pixels = reach * (side.x * long_axis + side.y * short_axis);
    vec3 sight = perspective ? world.xyz - camera_position.xyz : -world_from_view[2].xyz;
#ifndef ID
    v_away = clamp(perspective ? length(sight) : dot(world.xyz - camera_position.xyz, sight), 0.0, 6.0e4);
#endif
    vec3 color = max(color_towards(first, uint(look.z), normalize(inverse(mat3(world_from_cloud)) * sight)), 0.0);
    if (look.w > 0.5) color = srgb_from_linear(color);
    v_at = side * reach;
    v_color = vec4(min(color * pow(look.y, 1.0 / 2.2), 100.0), opacity);
    gl_Position = clip + vec4(pixels * 2.0 * viewport.zw * clip.w, 0.0, 0.0);
}
