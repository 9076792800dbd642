// Opacity says where the holes are: the same function cuts them out of depth and shadows.
void surface(in Fragment f, inout SurfaceInputs s) {
    vec3 decor = sample_decor(f).rgb; // before anything that is read from storage, for the sake of mip maps
    Grille p = parameters(f.material);
    vec2 cell = f.uv0 * p.holes;
    s.opacity = length(fract(cell) - 0.5) < 0.5 * p.hole_size ? 0.0 : 1.0;
    s.base_color = decor * (fract(cell.y * 0.5) < 0.5 ? p.color : p.second_color);
    s.roughness = 0.5;
    s.clearcoat = 1.0;
    s.clearcoat_roughness = 0.05;
}
