// Punctual lights by KHR_lights_punctual: lux for directional lights, candela for the others.
#include "common/math.glsl"
#include "generated/lighting.glsl"

const uint LIGHT_DIRECTIONAL = 0u;
const uint LIGHT_POINT = 1u;
const uint LIGHT_SPOT = 2u;

// Unit vector to a light at `position` and the irradiance on a surface that faces it.
vec3 light_irradiance(LightRow light, vec3 position, out vec3 to_light) {
    if (light.kind == LIGHT_DIRECTIONAL) {
        to_light = -light.direction;
        return light.color;
    }
    vec3 offset = light.position - position;
    float d2 = max(dot(offset, offset), 1e-8);
    to_light = offset * inversesqrt(d2);
    float window = square(d2 * light.inverse_range_squared); // (d / range)^4
    float falloff = clamp(1.0 - window, 0.0, 1.0) / max(d2, 1e-4);
    if (light.kind == LIGHT_SPOT) {
        falloff *= square(saturate(dot(light.direction, -to_light) * light.spot_scale + light.spot_offset));
    }
    return light.color * falloff;
}
