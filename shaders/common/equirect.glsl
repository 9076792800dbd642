// Directions and the maps that hold them. An equirectangular sky is looked up at u = atan2(z, x) / 2pi + 1/2 and
// v = acos(y) / pi from the top, y up. The numpy twin is in `taixu.render.environment`.
#include "common/math.glsl"

vec2 equirect_from_direction(vec3 d) {
    return vec2(atan(d.z, d.x) / (2.0 * PI) + 0.5, acos(clamp(d.y, -1.0, 1.0)) / PI);
}

// Direction through the texel at `uv` of a cube face (+X -X +Y -Y +Z -Z), OpenGL 4.3 specification, table 8.19.
vec3 direction_from_cube(vec2 uv, uint face) {
    vec2 p = 2.0 * uv - 1.0;
    vec3 d;
    switch (face) {
        case 0u: d = vec3(1.0, -p.y, -p.x); break;
        case 1u: d = vec3(-1.0, -p.y, p.x); break;
        case 2u: d = vec3(p.x, 1.0, p.y); break;
        case 3u: d = vec3(p.x, -1.0, -p.y); break;
        case 4u: d = vec3(p.x, -p.y, 1.0); break;
        default: d = vec3(-p.x, -p.y, -1.0); break;
    }
    return normalize(d);
}
