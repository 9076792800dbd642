// Lights by KHR_lights_punctual: lux for directional lights, candela for the others.
#include "common/math.glsl"
#include "generated/lighting.glsl"

const uint LIGHT_DIRECTIONAL = 0u;
const uint LIGHT_POINT = 1u;
const uint LIGHT_SPOT = 2u;
const uint LIGHT_AREA = 3u;

// 1 near a light, 0 at its range and beyond; by the square of the distance.
float range_window(LightRow light, float d2) { return clamp(1.0 - square(d2 * light.inverse_range_squared), 0.0, 1.0); }

// Unit vector to a light at `position` and the irradiance on a surface that faces it; of an area, as if all of it were in its
// middle.
vec3 light_irradiance(LightRow light, vec3 position, out vec3 to_light) {
    if (light.kind == LIGHT_DIRECTIONAL) {
        to_light = -light.direction;
        return light.color;
    }
    vec3 offset = light.position - position;
    float d2 = max(dot(offset, offset), 1e-8);
    to_light = offset * inversesqrt(d2);
    float falloff = range_window(light, d2) / max(d2, 1e-4);
    if (light.kind == LIGHT_AREA) falloff *= max(dot(light.direction, -to_light), 0.0);
    if (light.kind == LIGHT_SPOT) {
        falloff *= square(saturate(dot(light.direction, -to_light) * light.spot_scale + light.spot_offset));
    }
    return light.color * falloff;
}
