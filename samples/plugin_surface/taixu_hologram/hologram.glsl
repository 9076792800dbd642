// Lines lie across the world's height, so that neighbours share them.
void surface(in Fragment f, inout SurfaceInputs s) {
    Hologram p = parameters(f.material);
    float height = f.position.y - p.speed_m * time_secs;
    float line = 0.5 + 0.5 * sin(height * p.lines_per_m * 2.0 * PI);
    float rim = pow(1.0 - saturate(dot(f.normal, f.view)), 2.0);
    s.base_color = vec3(0.0);
    s.specular = 0.0;
    s.emissive = p.color * p.brightness;
    s.opacity = saturate(0.1 + 0.3 * line + 0.6 * rim);
}
